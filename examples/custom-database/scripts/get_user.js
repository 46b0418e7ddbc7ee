function getByEmail(email, callback) {
  const sqlite3 = require('sqlite3');
  const db = new sqlite3.Database(configuration.database);
  db.get('SELECT * FROM users WHERE email = ?', [email], (error, user) => {
    if (error) return callback(error);
    if (!user) return callback(null);
    return callback(null, {
      user_id: `legacy-${user.id}`,
      email: user.email,
      email_verified: user.email_verified === 1,
      name: user.name || user.email,
    });
  });
}
