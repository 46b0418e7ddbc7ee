function create(user, callback) {
  const bcrypt = require('bcrypt');
  const sqlite3 = require('sqlite3');
  const db = new sqlite3.Database(configuration.database);
  bcrypt.hash(user.password, 10, (error, hash) => {
    if (error) return callback(error);
    db.run('INSERT INTO users (email, password_hash) VALUES (?, ?)', [user.email, hash], (error) => {
      if (error && error.message.includes('UNIQUE')) return callback(new ValidationError('user_exists', 'The user exists.'));
      return callback(error);
    });
  });
}
