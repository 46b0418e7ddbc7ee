function verify(email, callback) {
  const sqlite3 = require('sqlite3');
  const db = new sqlite3.Database(configuration.database);
  db.run('UPDATE users SET email_verified = 1 WHERE email = ?', [email], function (error) {
    return callback(error, !error && this.changes > 0);
  });
}
