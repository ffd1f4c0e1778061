#include <errno.h>
#include <lber.h>
#include <ldap.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

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

// When a connection's reads and writes have to be over: CLOCK_MONOTONIC, nanoseconds.
struct latchkey_ldap_patience { uint64_t end; };

static inline ber_slen_t latchkey_ldap_in_time(Sockbuf_IO_Desc *layer, ber_slen_t count) {
    if (count >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return count;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t nanoseconds = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    errno = nanoseconds < ((struct latchkey_ldap_patience *)layer->sbiod_pvt)->end ? EAGAIN : ETIMEDOUT;
    return count;
}
static inline int latchkey_ldap_set_up(Sockbuf_IO_Desc *layer, void *patience) {
    layer->sbiod_pvt = patience;
    return 0;
}
static inline int latchkey_ldap_take_down(Sockbuf_IO_Desc *layer) { (void)layer; return 0; }
static inline int latchkey_ldap_control(Sockbuf_IO_Desc *layer, int option, void *value) {
    return LBER_SBIOD_CTRL_NEXT(layer, option, value);
}
static inline ber_slen_t latchkey_ldap_read(Sockbuf_IO_Desc *layer, void *bytes, ber_len_t count) {
    return latchkey_ldap_in_time(layer, LBER_SBIOD_READ_NEXT(layer, bytes, count));
}
static inline ber_slen_t latchkey_ldap_write(Sockbuf_IO_Desc *layer, void *bytes, ber_len_t count) {
    return latchkey_ldap_in_time(layer, LBER_SBIOD_WRITE_NEXT(layer, bytes, count));
}
static Sockbuf_IO latchkey_ldap_layer = {
    latchkey_ldap_set_up, latchkey_ldap_take_down, latchkey_ldap_control,
    latchkey_ldap_read, latchkey_ldap_write, latchkey_ldap_take_down,
};

// Called by libldap once a socket is connected, before the first byte (ldap_set_option(3), LDAP_OPT_CONNECT_CB).
//
// libldap shakes hands for TLS, and reads a message once its first bytes are there, without looking at any deadline. A
// peer that stops in the middle would hold the thread for ever: the socket gives up every quarter of a second, and a layer
// under TLS turns that into an error once the connection's time is up. An answer that says it is larger than anything a
// directory sends ends the connection instead of filling the memory.
static inline int latchkey_ldap_connected(
    LDAP *handle, Sockbuf *buffer, LDAPURLDesc *url, struct sockaddr *address, struct ldap_conncb *callback) {
    (void)handle; (void)url; (void)address;
    int descriptor = -1;
    if (ber_sockbuf_ctrl(buffer, LBER_SB_OPT_GET_FD, &descriptor) <= 0) return -1;
    struct timeval wait = {0, 250000};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ber_len_t largest = 16 * 1024 * 1024;
    ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &largest);
    return ber_sockbuf_add_io(buffer, &latchkey_ldap_layer, LBER_SBIOD_LEVEL_PROVIDER + 1, callback->lc_arg);
}
static inline void latchkey_ldap_disconnected(LDAP *handle, Sockbuf *buffer, struct ldap_conncb *callback) {
    (void)handle; (void)buffer; (void)callback;
}
// What ldap_conncb wants to be filled with; `patience` lives as long as the handle.
static inline void latchkey_ldap_watch(struct ldap_conncb *callback, struct latchkey_ldap_patience *patience) {
    callback->lc_add = latchkey_ldap_connected;
    callback->lc_del = latchkey_ldap_disconnected;
    callback->lc_arg = patience;
}
