/* Size: the types of packages, by which they are charged and find their place. */
#ifndef DOMAIN_SIZE_H
#define DOMAIN_SIZE_H

extern const char *const package_types[];

const char *package_type_words(const char *type);    /* "Normal"; the type itself when it is none of them */
/* What goes into it, "hasta 30×30×30 cm y 5 kg"; NULL for none of them. */
const char *package_type_limits(const char *type);

#endif
