// PINs: whose it is is chosen with the arrows; the hands begin at the digits when one person is chosen already.
'use strict';
(() => {
  const pin = document.querySelector('main input[name=pin]'), form = pin?.form;
  const chosen = form?.querySelector('[name=person]:checked,[name=approver]:checked');
  const first = form?.querySelector('[name=person],[name=approver]');
  if (pin) (chosen || !first ? pin : first).focus();
})();
