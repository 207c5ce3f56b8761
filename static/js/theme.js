// Runs before the first paint: applies the person's own light/dark choice and says that scripts work.
(function () {
  const root = document.documentElement;
  root.classList.add("has-js");
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch {
    // Storage may be forbidden: the system's preference then decides.
  }
})();
