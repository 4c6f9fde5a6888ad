-- Two people who look like one, and of whom a clerk has said that they are two: they are offered as one no more.
CREATE TABLE customers_apart (
    first INTEGER NOT NULL REFERENCES customers(id),
    second INTEGER NOT NULL REFERENCES customers(id),
    at INTEGER NOT NULL,
    said_by INTEGER NOT NULL REFERENCES users(id),
    PRIMARY KEY (first, second),
    CHECK (first < second)
) STRICT;
CREATE INDEX customers_apart_second ON customers_apart (second);
CREATE INDEX customers_apart_said_by ON customers_apart (said_by);
