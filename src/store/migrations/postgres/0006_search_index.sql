-- A search reads the search text of each user, and no more than this index has.
DROP INDEX users_by_search_text;
CREATE INDEX users_by_search_text ON users (search_text, id);

-- With trigrams, a search reads only what it finds. The extension comes with PostgreSQL, but some
-- servers lack it, or do not let this user create it.
DO $$
DECLARE
    home TEXT;
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    SELECT quote_ident(n.nspname::text) INTO home
      FROM pg_extension e
      JOIN pg_namespace n ON n.oid = e.extnamespace
      -- Another role could drop its own extension, and with it the index, at any time.
      JOIN pg_roles o ON o.oid = e.extowner AND (o.rolsuper OR o.rolname = current_user)
     WHERE e.extname = 'pg_trgm';
    IF home IS NULL THEN
        RETURN;
    END IF;
    EXECUTE 'CREATE INDEX users_by_trigrams ON users USING gin (search_text ' || home || '.gin_trgm_ops)';
EXCEPTION
    WHEN OTHERS THEN
        RAISE NOTICE 'searches go without trigrams: %', SQLERRM;
END
$$;

-- The number of users, as a sum, and whether any of them changed: counting 100,000 rows takes longer than
-- reading a page of them. Each change adds a row, so that no two of them wait for one another.
CREATE TABLE user_counts (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    added BIGINT NOT NULL
);

INSERT INTO user_counts (added) SELECT COUNT(*) FROM users;

CREATE OR REPLACE FUNCTION count_users() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    number BIGINT;
    added_id BIGINT;
BEGIN
    SELECT COUNT(*) INTO number FROM changed;
    IF number = 0::bigint THEN
        RETURN NULL;
    END IF;
    INSERT INTO user_counts (added)
    VALUES (CASE TG_OP WHEN 'INSERT' THEN number WHEN 'DELETE' THEN -number ELSE 0 END)
    RETURNING id INTO added_id;
    IF added_id % 100::bigint = 0::bigint THEN
        WITH gone AS (DELETE FROM user_counts RETURNING added)
        INSERT INTO user_counts (added) SELECT SUM(added) FROM gone;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_new_users AFTER INSERT ON users
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_users();

CREATE TRIGGER count_deleted_users AFTER DELETE ON users
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_users();

CREATE TRIGGER count_changed_users AFTER UPDATE ON users
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_users();
