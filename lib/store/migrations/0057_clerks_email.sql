-- An e-mail that a clerk writes into an announcement is asked as anybody's: it was told the code by the clerk's word.  What is
-- on the shelf has told it already; what is still to come asks when it is received.
UPDATE packages SET email_proof = NULL WHERE email_proof = 'mostrador' AND state = 'ANUNCIADO';
