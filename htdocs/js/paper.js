// A receipt's paper is as long as its text: the height of the page is measured, since a style sheet cannot say it.
'use strict';
(() => {
  const receipt = document.querySelector('.receipt'), wide = document.body.matches('.paper-58') ? 58 : 80;
  const sheet = new CSSStyleSheet(), MM = 96 / 25.4;
  const fit = () => {
    const mm = Math.ceil(receipt.getBoundingClientRect().height / MM) + 2;
    sheet.replaceSync(`@page receipt${wide} { size: ${wide}mm ${Math.max(mm, 40)}mm; }`);
  };
  document.adoptedStyleSheets = [sheet];
  document.fonts.ready.then(fit);
  addEventListener('load', fit);                          // the logo has its size
  fit();
})();
