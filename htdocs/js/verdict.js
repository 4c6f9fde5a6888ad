// Rapid intake: the large answer to the last scan, seen and heard.
'use strict';
const verdict = (() => {
  const { $, tell } = counter;
  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };
  const icon = (symbol) => {
    const made = $('svg.icon').cloneNode(true), use = $('use', made);
    use.setAttribute('href', use.getAttribute('href').replace(/#.*/, `#${symbol}`));
    return made;
  };
  const judged = (shown) => {
    $('#verdict').replaceChildren(shown);
    tell(shown.dataset.sound === 'ok', shown.dataset.say);
  };
  // Eyes are on the box: whatever is no success is heard and stands in red.
  const failed = (title, text, why) => {
    const shown = element('div', '', { class: 'verdict verdict-bad', role: 'alert', 'data-sound': 'bad', 'data-say': `${title}. ${why}` });
    shown.append(icon('warning'), element('h2', title), element('p', text, { class: 'code guide' }), element('p', why));
    judged(shown);
  };
  return { element, icon, judged, failed };
})();
