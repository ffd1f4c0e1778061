#include <lber.h>
#include <ldap.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

// Macros with a cast in them are not imported by Swift (ldap.h, lber.h).
static const ber_tag_t latchkey_ldap_end = LBER_DEFAULT;
static const ber_tag_t latchkey_ldap_sequence = LBER_SEQUENCE;
static const int latchkey_ldap_entry = LDAP_RES_SEARCH_ENTRY;
static const int latchkey_ldap_reference = LDAP_RES_SEARCH_REFERENCE;
static const int latchkey_ldap_intermediate = LDAP_RES_INTERMEDIATE;
static const int latchkey_ldap_scope_base = LDAP_SCOPE_BASE;
static const int latchkey_ldap_scope_one = LDAP_SCOPE_ONELEVEL;
static const int latchkey_ldap_scope_subtree = LDAP_SCOPE_SUBTREE;
static const int latchkey_ldap_tls_1_2 = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;

// Called by libldap once a socket is connected, before the first byte (ldap_set_option(3), LDAP_OPT_CONNECT_CB).
//
// libldap reads a message with blocking reads once its first bytes are there. A peer that stops in the middle of one
// would hold the thread for ever: the socket gives up after a while, and libldap then looks at its deadline again. An
// answer that says it is larger than anything a directory sends ends the connection instead of filling the memory.
static inline int latchkey_ldap_connected(
    LDAP *handle, Sockbuf *buffer, LDAPURLDesc *url, struct sockaddr *address, struct ldap_conncb *callback) {
    (void)handle; (void)url; (void)address;
    int descriptor = -1;
    if (ber_sockbuf_ctrl(buffer, LBER_SB_OPT_GET_FD, &descriptor) <= 0) return -1;
    struct timeval *wait = (struct timeval *)callback->lc_arg;
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, wait, sizeof *wait);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, wait, sizeof *wait);
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ber_len_t largest = 16 * 1024 * 1024;
    ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &largest);
    return 0;
}
static inline void latchkey_ldap_disconnected(LDAP *handle, Sockbuf *buffer, struct ldap_conncb *callback) {
    (void)handle; (void)buffer; (void)callback;
}
// What ldap_conncb wants to be filled with; `wait` lives as long as the handle.
static inline void latchkey_ldap_watch(struct ldap_conncb *callback, struct timeval *wait) {
    callback->lc_add = latchkey_ldap_connected;
    callback->lc_del = latchkey_ldap_disconnected;
    callback->lc_arg = wait;
}
