-- People are looked up by their e-mail at the desk of requests about data, and wherever an address is asked whose it is.
CREATE INDEX customers_email ON customers(email) WHERE email IS NOT NULL;
