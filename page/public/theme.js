/* Runs before the first paint, so that a dark page never flashes light. */
(function () {
  var asked = new URLSearchParams(location.search).get("theme");
  var wall = new URLSearchParams(location.search).has("wall");
  var kept = null;
  try { kept = localStorage.getItem("linewright-theme"); } catch (error) { kept = null; }
  var theme = asked || (wall ? "dark" : kept);
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
