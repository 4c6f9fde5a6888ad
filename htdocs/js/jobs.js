// The console of the queue: an answer that has not changed moves nothing on the page.
'use strict';
(() => {
  document.addEventListener('htmx:beforeSwap', (event) => {
    const { target, xhr } = event.detail;
    if (!('polled' in target.dataset)) return;
    const tag = xhr.getResponseHeader('ETag');
    if (tag && tag === target.dataset.tag) event.detail.shouldSwap = false;
    target.dataset.tag = tag || '';
  });
})();
