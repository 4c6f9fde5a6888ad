/* Photo links: a phone sends photos into a form that is open at the counter.  The counter makes the link and sees what
 * came; the phone has a page of its own, for which nobody signs in. */
#ifndef FILES_PHOTO_LINKS_H
#define FILES_PHOTO_LINKS_H

#include "app/route.h"

extern const struct params photo_link_params, linked_list_params, linked_params, phone_page_params, phone_params;
handler photo_link_make, linked_list, linked_show, linked_delete, phone_page, phone_send, phone_admits;

#endif
