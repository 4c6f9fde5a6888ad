-- Five years after a parcel left, who it was for is forgotten (domain.md §10).
ALTER TABLE packages ADD COLUMN anonymised_at INTEGER;
CREATE INDEX packages_left ON packages(coalesce(delivered_at, cancelled_at))
    WHERE anonymised_at IS NULL AND state IN ('ENTREGADO', 'CANCELADO');
