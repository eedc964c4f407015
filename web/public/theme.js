// Runs before the first paint, so that a chosen theme does not flash the other one. Everything else is a module.
try {
  var theme = localStorage.getItem('parlor.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme it is.
}
