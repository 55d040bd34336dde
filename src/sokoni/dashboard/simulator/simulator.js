// Keeps each thread at its end, unless somebody scrolled up to read; tells when nobody looks.
(() => {
  const threads = () => document.querySelectorAll("[data-thread]");
  const toEnd = (thread) => {
    delete thread.dataset.away;
    thread.scrollTop = thread.scrollHeight;
  };
  const keep = () => threads().forEach((thread) => "away" in thread.dataset || toEnd(thread));
  const threadOf = (element) => element.closest("[data-phone]")?.querySelector("[data-thread]");

  document.addEventListener("scroll", ({ target }) => {
    if (!target.dataset || !("thread" in target.dataset)) return;
    const left = target.scrollHeight - target.scrollTop - target.clientHeight;
    if (left > 60) target.dataset.away = "";
    else delete target.dataset.away;
  }, true);
  document.addEventListener("click", ({ target }) => {
    if (!target.closest(".choice, .down")) return;
    const thread = threadOf(target);
    if (thread) toEnd(thread);
  }, true);
  // Pictures are as high as they are only once they are there.
  document.addEventListener("load", keep, true);
  window.addEventListener("resize", keep);
  document.addEventListener("visibilitychange", () => emitEvent("looked_at", !document.hidden));
  new MutationObserver(keep).observe(document.body, { childList: true, subtree: true });

  const send = (field, emit) => {
    const text = field.value.trim();
    if (text) {
      field.value = "";
      toEnd(threadOf(field));
      emit(text);
    }
    field.focus();
  };
  window.simulator = {
    key(event, emit) {
      // The Enter that ends the composition of a letter sends nothing yet.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      send(event.target, emit);
    },
    press(event, emit) {
      send(event.target.closest("footer").querySelector("textarea"), emit);
    },
    add(event, emit) {
      event.preventDefault();
      const [phone, name] = event.target.closest("form").querySelectorAll("input");
      emit(phone.value, name.value);
      phone.value = name.value = "";
      phone.focus();
    },
  };
})();
