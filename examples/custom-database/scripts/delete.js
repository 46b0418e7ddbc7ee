function deleteUser(id, callback) {
  const sqlite3 = require('sqlite3');
  const db = new sqlite3.Database(configuration.database);
  db.run('DELETE FROM users WHERE id = ?', [id.replace('legacy-', '')], (error) => callback(error));
}
