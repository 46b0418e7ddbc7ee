function login(email, password, callback) {
  const bcrypt = require('bcrypt');
  const sqlite3 = require('sqlite3');
  const db = new sqlite3.Database(configuration.database);
  db.get('SELECT * FROM users WHERE email = ?', [email], (error, user) => {
    if (error) return callback(error);
    if (!user) return callback(new WrongUsernameOrPasswordError(email));
    bcrypt.compare(password, user.password_hash, (error, matches) => {
      if (error) return callback(error);
      if (!matches) return callback(new WrongUsernameOrPasswordError(email));
      return callback(null, {
        user_id: `legacy-${user.id}`,
        email: user.email,
        email_verified: user.email_verified === 1,
        name: user.name || user.email,
      });
    });
  });
}
