-- The grants that a session gave end with it.
CREATE INDEX grants_by_session ON grants (session_id);
