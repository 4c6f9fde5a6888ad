// A list whose rows are ticked: one box ticks all of a page.
'use strict';
(() => {
  document.querySelectorAll('[data-all]').forEach((all) => {
    const boxes = [...all.form.elements].filter((el) => el.name === 'ids');
    all.hidden = boxes.length === 0;
    all.addEventListener('change', () => { boxes.forEach((el) => { el.checked = all.checked; }); });
    all.form.addEventListener('change', () => {
      const ticked = boxes.filter((el) => el.checked).length;
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && !all.checked;
    });
  });
})();
