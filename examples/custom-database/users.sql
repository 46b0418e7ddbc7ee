-- The users of an application that had its own database before it had Auth0.
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email TEXT NOT NULL UNIQUE COLLATE NOCASE,
  email_verified INTEGER NOT NULL DEFAULT 0,
  name TEXT,
  password_hash TEXT NOT NULL
);
-- The password of both is "Old-Password-2015".
INSERT INTO users (id, email, email_verified, name, password_hash) VALUES
  (1, 'ada@example.com', 1, 'Ada Lovelace', '$2b$10$G2RK9JgFGBXA9jpu1y.tt.6S8iPDM0asODeHJDjzJjkKiGSwzK1JC'),
  (2, 'grace@example.com', 0, 'Grace Hopper', '$2b$10$G2RK9JgFGBXA9jpu1y.tt.6S8iPDM0asODeHJDjzJjkKiGSwzK1JC');
