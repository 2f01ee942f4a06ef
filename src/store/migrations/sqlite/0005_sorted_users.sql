-- The list of users is sorted by these. The indexes of the constraints do not hold the id, so each row
-- was read to pass over it.
CREATE INDEX users_by_username ON users (username_folded, id);
CREATE INDEX users_by_email ON users (email_folded, id);

-- A search looks at the name that the list shows, too.
UPDATE users SET search_text = search_text || char(10) || LOWER(display_name);
