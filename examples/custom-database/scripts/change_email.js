function changeEmail(email, newEmail, verified, callback) {
  const sqlite3 = require('sqlite3');
  const db = new sqlite3.Database(configuration.database);
  const sql = 'UPDATE users SET email = ?, email_verified = ? WHERE email = ?';
  db.run(sql, [newEmail, verified ? 1 : 0, email], function (error) {
    return callback(error, !error && this.changes > 0);
  });
}
