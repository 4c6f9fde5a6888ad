templatesdir = $(pkgdatadir)
# files: templates/**/*.cst templates/**/*.hdf
nobase_dist_templates_DATA = \
	templates/announce/done.cst \
	templates/announce/fees.cst \
	templates/announce/fees_form.cst \
	templates/announce/fees_result.cst \
	templates/announce/fees_rows.cst \
	templates/announce/form.cst \
	templates/auth/forgot.cst \
	templates/auth/login.cst \
	templates/auth/reset.cst \
	templates/dashboard/dashboard.cst \
	templates/deliver/code.cst \
	templates/deliver/code_form.cst \
	templates/deliver/done.cst \
	templates/deliver/quote.cst \
	templates/error/page.cst \
	templates/layout/public_foot.cst \
	templates/layout/public_head.cst \
	templates/layout/staff_foot.cst \
	templates/layout/staff_head.cst \
	templates/macros.cst \
	templates/print/receipt_foot.cst \
	templates/print/receipt_head.cst \
	templates/profile/password.cst \
	templates/profile/profile.cst \
	templates/profile/settings.cst \
	templates/receive/form.cst \
	templates/receive/receive.cst \
	templates/receive/scan.cst \
	templates/site/cookies.cst \
	templates/site/error_type.cst \
	templates/site/help.cst \
	templates/site/policies.cst \
	templates/site/privacy.cst \
	templates/site/terms.cst \
	templates/track/package.cst \
	templates/track/receipt.cst \
	templates/track/search.cst
