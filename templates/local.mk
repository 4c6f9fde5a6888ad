templatesdir = $(pkgdatadir)
# files: templates/**/*.cst templates/**/*.hdf
nobase_dist_templates_DATA = \
	templates/error/page.cst \
	templates/layout/public_foot.cst \
	templates/layout/public_head.cst \
	templates/layout/staff_foot.cst \
	templates/layout/staff_head.cst \
	templates/macros.cst \
	templates/print/receipt_foot.cst \
	templates/print/receipt_head.cst \
	templates/site/cookies.cst \
	templates/site/help.cst \
	templates/site/privacy.cst \
	templates/site/terms.cst
