#!/bin/sh
# The template lint: what ClearSilver would print without escaping, and what the
# Content-Security-Policy would refuse, is not in templates/.  `--self-test` shows
# that each rule bites.  One rule a row: name, extended regular expression, why;
# TAG stands for the opening of a command, which may be on the line before.
set -eu

rules='alt|TAGalt[:!]|prints its value raw: use if and else
name|TAGname[:!]|prints a key raw
uvar|TAGuvar[:!]|prints raw
evar|TAGevar[:!]|evaluates the value as a template
lvar|TAGlvar[:!]|evaluates the value as a template
linclude|TAGlinclude[:!]|loads at render time, where escaping is read again
escape|TAGescape[:!]|changes the escaping of a block
include|TAGinclude:|an absent file is silently skipped: use include!
include-var|TAGinclude! *[^ "]|only a literal name
set|TAGset[:!]|values come from C
var|TAGvar[:!] *[A-Za-z0-9_.]*(\[[A-Za-z0-9_.]+\])? *[^ A-Za-z0-9_.?[]|var takes one variable: no +, no function, no literal
escape-function|(html|js|url)_escape *\(|turns escaping off for its whole expression
unquoted|[[:space:]][a-z-]+=[^"'"'"'[:space:]>]*<\?cs|an attribute without quotes
script|<script([^ ]| [^s]| s[^r])|inline script
style|<style|inline style
style-attribute|[[:space:]]style=|inline style
handler|[[:space:]]on[a-z]+=|inline event handler
htmx-handler|hx-(on|vals="js|vars)|evaluates script
javascript|javascript:|a script address
foreign|(src|action)="(https?:)?//|something of another site'

# $1: folder. Says file:line: rule: why; status 1 when something was found.
check() {
    found=0
    files=$(find "$1" -name '*.cst')
    [ -n "$files" ] || { echo "templates.sh: no template in $1" >&2; return 2; }
    while IFS= read -r row; do
        rule=${row%%|*}
        rest=${row#*|}
        why=${rest##*|}
        pattern=$(printf '%s' "${rest%|*}" | sed 's/TAG/(<\\?cs|^)[[:space:]]*/')
        # shellcheck disable=SC2086 # names of templates have no spaces
        if hits=$(grep -niE -e "$pattern" $files /dev/null); then
            echo "$hits" | cut -d: -f1,2 | while IFS= read -r place; do
                echo "$place: $rule: $why"
            done
            found=1
        fi
    done <<EOF
$rules
EOF
    return "$found"
}

self_test() {
    dir=$(mktemp -d)
    trap 'rm -rf "$dir"' EXIT
    bad='alt|<?cs alt:x ?>d<?cs /alt ?>
name|<?cs name:x ?>
uvar|<?cs uvar:x ?>
uvar|<?cs UVAR:x ?>
uvar|<?cs if:x ?>a<?cs~uvar:x ?><?cs /if ?>
evar|<?cs evar:x ?>
lvar|<?cs lvar:x ?>
linclude|<?cs linclude!"x" ?>
escape|<?cs escape:"none" ?>
include|<?cs include:"x" ?>
include-var|<?cs include!page.x ?>
set|<?cs set:a = "1" ?>
var|<?cs var:a + b ?>
var|<?cs var:url_validate(a) ?>
var|<?cs var:"text" ?>
var|<?cs var:form[key] + b ?>
escape-function|<?cs if:html_escape(a) ?>
unquoted|<a href=<?cs var:a ?>>
unquoted|<a href=/p/<?cs var:a ?>>
script|<script>alert(1)</script>
style|<style>a{}</style>
style-attribute|<p style="color: red">
handler|<p onclick="x()">
htmx-handler|<p hx-on:click="x()">
javascript|<a href="javascript:x()">
foreign|<script src="//cdn.example/x.js"></script>'
    good='<?cs var:a ?><?cs var:a.b_c ?><?cs var:form[key] ?><?cs include!"macros.cst" ?>
<script src="/js/app.js?v=<?cs var:page.asset ?>" defer></script><a href="<?cs var:a ?>">'
    mkdir "$dir/good" "$dir/bad"
    printf '%s\n' "$good" > "$dir/good/x.cst"
    check "$dir/good" || { echo "templates.sh: a rule bites where it should not" >&2; exit 1; }
    while IFS= read -r row; do
        printf '%s\n' "${row#*|}" | tr '~' '\n' > "$dir/bad/x.cst"
        if ! check "$dir/bad" | grep -q ": ${row%%|*}: "; then
            echo "templates.sh: rule ${row%%|*} does not bite" >&2
            exit 1
        fi
    done <<EOF
$bad
EOF
    echo "templates.sh: every rule bites"
}

case ${1-} in
--self-test) self_test ;;
*) check "${1:-$(dirname "$0")/../../templates}" && echo "templates.sh: ok" ;;
esac
