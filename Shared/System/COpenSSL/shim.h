#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

/* A macro made of macros, which Swift does not import (EVP_PKEY_fromdata(3)). */
static const int COpenSSL_PUBLIC_KEY = EVP_PKEY_PUBLIC_KEY;
