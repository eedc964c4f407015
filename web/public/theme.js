// Runs before the first paint, so that a chosen look does not flash the other one. Everything else is a module.
try {
  for (var name of ['theme', 'density']) {
    var choice = localStorage.getItem('parlor.' + name);
    if (/^(light|dark|compact|large)$/.test(choice)) document.documentElement.dataset[name] = choice;
  }
} catch {
  // Storage is forbidden: the usual look it is.
}
