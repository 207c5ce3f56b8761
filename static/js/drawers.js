// Drawers open by their address (#menu, #filters) without us; here: Escape, focus, and <details> menus that close.
export function start(page) {
  let opener = null;
  const opened = () => (/^#(menu|filters)$/.test(location.hash) ? page.querySelector(location.hash) : null);
  const close = () => {
    if (!opened()) return;
    const { scrollX, scrollY } = window;
    location.hash = "";
    history.replaceState(null, "", location.pathname + location.search);
    window.scrollTo(scrollX, scrollY);
    if (opener) opener.focus();
  };

  for (const link of page.querySelectorAll("[data-drawer]")) link.addEventListener("click", () => { opener = link; });
  window.addEventListener("hashchange", () => {
    const drawer = opened();
    if (drawer) drawer.querySelector("a, button, input")?.focus({ preventScroll: true });
  });
  page.addEventListener("click", (event) => {
    if (event.target.closest("[data-drawer-close]")) { event.preventDefault(); close(); return; }
    const drawer = opened();
    if (drawer && !drawer.contains(event.target) && !event.target.closest("[data-drawer]")) { event.preventDefault(); close(); }
    for (const menu of page.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  page.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    close();
    for (const menu of page.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
