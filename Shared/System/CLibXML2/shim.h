#include <libxml/xmlversion.h>
/* The headers would bring in those of ICU, which clash with Foundation's; the writer needs none of it. */
#undef LIBXML_ICU_ENABLED
#include <libxml/xmlwriter.h>
