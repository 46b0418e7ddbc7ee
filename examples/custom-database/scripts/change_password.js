function changePassword(email, newPassword, callback) {
  const bcrypt = require('bcrypt');
  const sqlite3 = require('sqlite3');
  const db = new sqlite3.Database(configuration.database);
  bcrypt.hash(newPassword, 10, (error, hash) => {
    if (error) return callback(error);
    db.run('UPDATE users SET password_hash = ? WHERE email = ?', [hash, email], function (error) {
      return callback(error, !error && this.changes > 0);
    });
  });
}
