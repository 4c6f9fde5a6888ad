htdocsdir = $(pkgdatadir)
# files: htdocs/*/*.css htdocs/*/*.js htdocs/*/*.svg htdocs/*/*.wasm
nobase_dist_htdocs_DATA = \
	htdocs/css/base.css \
	htdocs/css/counter.css \
	htdocs/css/print.css \
	htdocs/css/public.css \
	htdocs/css/tokens.css \
	htdocs/img/icon.svg \
	htdocs/img/icons.svg \
	htdocs/js/announce.js \
	htdocs/js/answer.js \
	htdocs/js/app.js \
	htdocs/js/boxes.js \
	htdocs/js/camera.js \
	htdocs/js/codeless.js \
	htdocs/js/counter.js \
	htdocs/js/drawer.js \
	htdocs/js/incident.js \
	htdocs/js/jobs.js \
	htdocs/js/leave.js \
	htdocs/js/opening.js \
	htdocs/js/paper.js \
	htdocs/js/pay.js \
	htdocs/js/people.js \
	htdocs/js/phone.js \
	htdocs/js/photo_link.js \
	htdocs/js/pick.js \
	htdocs/js/pin.js \
	htdocs/js/receive.js \
	htdocs/js/remember.js \
	htdocs/js/scanner.js \
	htdocs/js/series.js \
	htdocs/js/session.js \
	htdocs/js/signature.js \
	htdocs/js/totals.js \
	htdocs/js/undo.js \
	htdocs/js/verdict.js \
	htdocs/js/waiting.js \
	htdocs/js/whose.js \
	htdocs/vendor/htmx.min.js \
	htdocs/vendor/zxing-reader.js \
	htdocs/vendor/zxing-reader.wasm
