// Forms: no double submit, sorting and filters that apply themselves, focus on the error summary.
export function start(page) {
  for (const form of page.querySelectorAll("form[data-once]")) form.addEventListener("submit", guard);
  // A page that comes back from the browser's memory must be usable again.
  window.addEventListener("pageshow", () => page.querySelectorAll("form[data-sent]").forEach(release));
  for (const form of page.querySelectorAll("form[data-autosubmit]")) {
    form.addEventListener("change", (event) => {
      // In the drawer of a phone people choose several filters, then press the button.
      const inDrawer = getComputedStyle(form).position === "fixed";
      if (inDrawer || event.target.matches("input[type=text], input:not([type]), input[type=search]")) return;
      keepPlace(event.target);
      dropEmpty(form);
      form.requestSubmit ? form.requestSubmit() : form.submit();
    });
    form.addEventListener("submit", () => dropEmpty(form));
  }
  page.querySelector("[data-focus]")?.focus();
  returnToPlace(page);
}

// A list that filters itself must not jump: the next page opens at the same height, on the same control.
function keepPlace(control) {
  try {
    sessionStorage.setItem("place", JSON.stringify({ path: location.pathname, y: window.scrollY, id: control.id }));
  } catch { /* without storage the page starts at its top */ }
}

function returnToPlace(page) {
  let place = null;
  try {
    place = JSON.parse(sessionStorage.getItem("place"));
    sessionStorage.removeItem("place");
  } catch { /* as above */ }
  if (!place || place.path !== location.pathname) return;
  window.scrollTo({ top: place.y, behavior: "instant" });
  if (place.id) page.getElementById(place.id)?.focus({ preventScroll: true });
}

function guard(event) {
  const form = event.currentTarget;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  if (event.submitter?.classList.contains("btn")) event.submitter.setAttribute("aria-busy", "true");
  // A download leaves the page standing: let go after a while.
  setTimeout(() => release(form), 8000);
}

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

// Empty parameters would make ugly addresses, and an address is what people share.
function dropEmpty(form) {
  for (const input of form.elements) if (input.name && input.value === "") input.disabled = true;
  setTimeout(() => { for (const input of form.elements) input.disabled = false; }, 0);
}
