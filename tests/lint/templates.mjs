// templates/ hold nothing that ClearSilver would print without escaping, nor what the
// Content-Security-Policy would refuse.
import { lineAt, lint, read } from '../helpers/lint.mjs';

// A command begins after its mark, which may be on the line before.
const TAG = String.raw`(?:<\?cs|^)\s*`;
const rules = [
    ['alt', `${TAG}alt[:!]`, 'prints its value raw: use if and else'],
    ['name', `${TAG}name[:!]`, 'prints a key raw'],
    ['uvar', `${TAG}uvar[:!]`, 'prints raw'],
    ['evar', `${TAG}evar[:!]`, 'evaluates the value as a template'],
    ['lvar', `${TAG}lvar[:!]`, 'evaluates the value as a template'],
    ['linclude', `${TAG}linclude[:!]`, 'loads at render time, where escaping is read again'],
    ['escape', `${TAG}escape[:!]`, 'changes the escaping of a block'],
    ['include', `${TAG}include:`, 'an absent file is silently skipped: use include!'],
    ['include-var', String.raw`${TAG}include!\s*[^\s"]`, 'only a literal name'],
    ['set', `${TAG}set[:!]`, 'values come from C'],
    ['var', String.raw`${TAG}var[:!]\s*(?![A-Za-z0-9_.]+(?:\[[A-Za-z0-9_.]+\])?\s*\?>)`, 'var takes one variable: no +, no function, no literal'],
    ['escape-function', String.raw`(?:html|js|url)_escape\s*\(`, 'turns escaping off for its whole expression'],
    ['unquoted', String.raw`(?:^|\s)[a-z-]+=[^"'\s>]*<\?cs`, 'an attribute without quotes'],
    ['script', String.raw`<script(?!\s+src=)`, 'inline script'],
    ['style', '<style', 'inline style'],
    ['style-attribute', String.raw`(?:^|[\s"'/])style\s*=`, 'inline style'],
    ['handler', String.raw`(?:^|[\s"'/])on[a-z]+\s*=`, 'inline event handler'],
    ['htmx-handler', String.raw`hx-(?:on|(?:vals|headers|request)=.?js:|vars|ext)`, 'evaluates script'],
    ['javascript', 'javascript:', 'a script address'],
    ['form', String.raw`<form(?! novalidate\b)(?![^>]*\smethod="dialog")`, 'without novalidate the browser speaks, in its own language, instead of our summary'],
    ['kept', String.raw`<textarea(?!(?:[^>]|\?>)*\sautocomplete=)|<input(?!(?:[^>]|\?>)*\s(?:autocomplete=|type="(?:hidden|checkbox|radio|file|date|color)"))`, 'without autocomplete the browser shows what one person half typed to the next one'],
    ['foreign', String.raw`(?:(?:src|action)|<link[^>]*\shref)\s*=\s*"(?:https?:)?//`, 'something of another site'],
].map(([name, re, why]) => [name, new RegExp(re, 'gim'), why]);

// Whatever is no command of these is one that nobody has thought about.
const allowed = new Set('var: if: elif: else /if each: /each loop: /loop with: /with def: /def call: include! #'.split(' '));

function check(files, say) {
    for (const [path, text] of Object.entries(files)) {
        for (const [name, re, why] of rules)
            for (const m of text.matchAll(re))
                say(`${path}:${lineAt(text, m.index + m[0].search(/\S|$/))}`, `${name}: ${why}`);
        for (const m of text.matchAll(/<\?cs\s*(#|[^\s:!?]*[:!]?)/gi))
            if (!allowed.has(m[1]))
                say(`${path}:${lineAt(text, m.index)}`, `command: "${m[1]}" is none of ${[...allowed].join(' ')}`);
    }
}

const bad = [
    ['alt', '<?cs alt:x ?>d<?cs /alt ?>'],
    ['name', '<?cs name:x ?>'],
    ['uvar', '<?cs uvar:x ?>'],
    ['uvar', '<?cs UVAR:x ?>'],
    ['uvar', '<?cs if:x ?>a<?cs\nuvar:x ?><?cs /if ?>'],
    ['evar', '<?cs evar:x ?>'],
    ['lvar', '<?cs lvar:x ?>'],
    ['linclude', '<?cs linclude!"x" ?>'],
    ['escape', '<?cs escape:"none" ?>'],
    ['include', '<?cs include:"x" ?>'],
    ['include-var', '<?cs include!page.x ?>'],
    ['set', '<?cs set:a = "1" ?>'],
    ['var', '<?cs var:a + b ?>'],
    ['var', '<?cs var:a\n + b ?>'],
    ['var', '<?cs var:url_validate(a) ?>'],
    ['var', '<?cs var:"text" ?>'],
    ['var', '<?cs var:#3 ?>'],
    ['var', '<?cs var:form[key] + b ?>'],
    ['escape-function', '<?cs if:html_escape(a) ?>'],
    ['unquoted', '<a href=<?cs var:a ?>>'],
    ['unquoted', '<a\nhref=<?cs var:a ?>>'],
    ['unquoted', '<a href=/p/<?cs var:a ?>>'],
    ['script', '<script>alert(1)</script>'],
    ['script', '<script type="module">a()</script>'],
    ['style', '<style>a{}</style>'],
    ['style-attribute', '<p style="color: red">'],
    ['style-attribute', '<p\nstyle="color: red">'],
    ['handler', '<p onclick="x()">'],
    ['handler', '<p class="a"\nonclick="x()">'],
    ['handler', '<p class="a"onclick = "x()">'],
    ['htmx-handler', '<p hx-on:click="x()">'],
    ['htmx-handler', '<p hx-headers="js:{a: x()}">'],
    ['javascript', '<a href="javascript:x()">'],
    ['form', '<form method="post" action="/x">'],
    ['form', '<form\nmethod="post" action="/x" novalidate>'],
    ['kept', '<textarea class="input" name="x"<?cs call:field_aria(x) ?>><?cs var:autocomplete ?></textarea>'],
    ['kept', '<input name="<?cs var:key ?>" type="text">'],
    ['foreign', '<script src="//cdn.example/x.js"></script>'],
    ['foreign', '<link href="https://fonts.example/x.css">'],
    ['command', '<?cs get:x ?>'],
    ['command', '<?cs wrong ?>'],
    ['command', '<?cs\nEach:x = y ?>'],
];
const files = read(/^templates\/.*\.cst$/);
if (Object.keys(files).length === 0)
    throw new Error('no templates');
lint('templates', {
    check,
    files,
    good: {
        'templates/x.cst': '<?cs # each word of it ?><?cs def:m(a) ?><?cs each:x = y ?><?cs if:x ?><?cs elif:y ?><?cs else ?><?cs /if ?><?cs /each ?><?cs /def ?>\n'
            + '<?cs with:x = y ?><?cs call:m(x) ?><?cs /with ?><?cs loop:i = #1, #3 ?><?cs /loop ?>\n'
            + '<?cs var:a ?><?cs var:a.b_c ?><?cs\nvar:form[key] ?><?cs include!"macros.cst" ?>\n'
            + '<script src="/js/app.js?v=<?cs var:page.asset ?>" defer></script><a href="<?cs var:a ?>">Lo que es de otro = suyo</a> <a href="https://www.sic.gov.co/">\n'
            + '<textarea name="<?cs var:key ?>" autocomplete="off"></textarea><input type="checkbox" name="y"><input name="<?cs var:key ?>" autocomplete="off">\n'
            + '<form novalidate method="post" action="/x"></form><form class="stack-s" method="dialog"></form>\n',
    },
    bad: bad.map(([rule, text]) => ({ files: { 'templates/x.cst': text }, says: new RegExp(`x\\.cst:\\d+: ${rule}:`) })),
});
