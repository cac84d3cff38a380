// Before what cannot be undone: <form data-confirm="Hủy phiếu này?" data-confirm-note="..." data-confirm-yes="Hủy phiếu" data-confirm-no="Giữ lại">
// asks in a dialog. The server must be safe without it. A form is sent once: its buttons rest until the answer comes.
(() => {
  function ask(form, go) {
    const { confirm, confirmNote, confirmYes, confirmNo } = form.dataset;
    const box = document.createElement('dialog');
    box.className = 'dialog';
    box.setAttribute('aria-labelledby', 'dialog-h');
    const add = (tag, cls, text, to) => {
      const e = document.createElement(tag);
      e.className = cls;
      e.textContent = text;
      to.append(e);
      return e;
    };
    add('h2', '', confirm, box).id = 'dialog-h';
    if (confirmNote) add('p', 'mt-2', confirmNote, box);
    const row = add('div', 'row mt-5', '', box);
    const no = add('button', 'btn', confirmNo || 'Để sau', row);
    const yes = add('button', 'btn btn--danger', confirmYes || 'Đồng ý', row);
    no.onclick = () => box.close();
    yes.onclick = () => {
      box.close();
      go();
    };
    box.onclose = () => box.remove();
    document.body.append(box);
    box.showModal();
    no.focus();
  }

  const sent = new Set();
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method === 'get' || event.defaultPrevented) return;
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    if (form.dataset.confirm && !form.dataset.confirmed) {
      event.preventDefault();
      const by = event.submitter;
      ask(form, () => {
        form.dataset.confirmed = '1';
        form.requestSubmit(by);
      });
      return;
    }
    delete form.dataset.confirmed;
    sent.add(form);
    for (const b of form.querySelectorAll('[type=submit]')) b.setAttribute('aria-disabled', 'true');
    setTimeout(release, 10000, form); // the answer may be a download that leaves this page standing
  });

  function release(form) {
    for (const b of form.querySelectorAll('[type=submit]')) b.removeAttribute('aria-disabled');
    sent.delete(form);
  }

  // Coming back by the browser's back button finds the form ready again.
  addEventListener('pageshow', () => sent.forEach(release));
})();
