/* Account: what it takes to send by a provider.  domain/message/account.h reads one for whoever sends (lib/send). */
#ifndef BASE_ACCOUNT_H
#define BASE_ACCOUNT_H

#include <stdint.h>

struct sms_account {
    const char *driver;          /* none, file or liwa */
    const char *account, *password, *api_key;    /* never NULL */
    int64_t changed_at;          /* Unix seconds; a token from before may be of another account */
};

struct whatsapp_account {
    const char *number_id;       /* the id that Meta gave the phone from which messages go; "": none goes */
    const char *token;           /* the key of a system user of Meta; never NULL */
};

struct mail_account {
    const char *url;             /* smtp:// or smtps://; "": no mail is sent */
    const char *user, *password; /* "" without; never NULL */
    const char *from;            /* sender's address */
};

#endif
