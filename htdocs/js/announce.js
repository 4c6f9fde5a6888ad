// Says while one types whether that number takes SMS.  The server decides.
'use strict';
(() => {
  const form = document.querySelector('[data-announce]');
  const phone = form.elements.phone;
  const note = form.querySelector('[data-phone-check]');
  const digits = () => phone.value.replace(/[\s().-]/g, '');
  const check = () => {
    const mobile = /^(\+?57)?3\d{9}$/.test(digits());
    const other = /^((\+?57)?6\d{9}|\+(?!57)\d{10,15})$/.test(digits());
    const text = mobile ? '✓ Recibe SMS'
      : other ? 'A este número no llegan SMS: deje también un correo.' : '';
    note.hidden = !text;
    if (note.textContent !== text) note.textContent = text;
  };
  phone.addEventListener('input', check);
  check();
})();
