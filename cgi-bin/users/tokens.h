/* Tokens: the credentials by which programs use the API, as an ADMIN makes and revokes them; page and API. */
#ifndef CGI_USERS_TOKENS_H
#define CGI_USERS_TOKENS_H

#include "app/route.h"
#include "domain/people/token.h"

extern const struct params tokens_add_params, tokens_id_params;
handler tokens_list, tokens_new, tokens_add, tokens_revoke;

#endif
