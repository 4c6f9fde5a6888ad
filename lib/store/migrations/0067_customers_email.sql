-- Who has an e-mail is looked up by it: at the desk of requests about data, and wherever an address is asked whose it is.
CREATE INDEX customers_email ON customers(email) WHERE email IS NOT NULL;
