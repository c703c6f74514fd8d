/*
 * A PKCS#11 module for tests: SoftHSM, except that calls can be made to fail. FAULT_MODULE_FILE names a file with a line for each
 * fault, `C_Login 0xa4` or, for the flags that a token shows beside its own, `flags 0x20000`; it is read again at each call.
 * Every call of the functions below is written to FAULT_MODULE_LOG with what it returned.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CK_PTR *
#define CK_DECLARE_FUNCTION(returnType, name) returnType name
#define CK_DECLARE_FUNCTION_POINTER(returnType, name) returnType(*name)
#define CK_CALLBACK_FUNCTION(returnType, name) returnType(*name)
#define NULL_PTR 0
#include "pkcs11.h"

static CK_FUNCTION_LIST list;
static CK_FUNCTION_LIST_PTR real;

/* What the file says of a name; `otherwise` where it says nothing. */
static CK_ULONG fault(const char *name, CK_ULONG otherwise) {
  const char *path = getenv("FAULT_MODULE_FILE");
  FILE *file = path ? fopen(path, "r") : NULL;
  char known[64];
  CK_ULONG value;
  if (!file) return otherwise;
  while (fscanf(file, "%63s %li", known, (long *)&value) == 2) {
    if (strcmp(known, name) == 0) otherwise = value;
  }
  fclose(file);
  return otherwise;
}

static CK_RV logged(const char *name, CK_RV rv) {
  const char *path = getenv("FAULT_MODULE_LOG");
  FILE *file = path ? fopen(path, "a") : NULL;
  if (file) {
    fprintf(file, "%s 0x%lx\n", name, rv);
    fclose(file);
  }
  return rv;
}

/* The fault, if there is one; otherwise what the real function returns. */
#define FAULTY(name, call) \
  CK_RV rv = fault(#name, CKR_OK); \
  return logged(#name, rv == CKR_OK ? real->call : rv)

static CK_RV initialize(CK_VOID_PTR args) { FAULTY(C_Initialize, C_Initialize(args)); }
static CK_RV finalize(CK_VOID_PTR reserved) { FAULTY(C_Finalize, C_Finalize(reserved)); }
static CK_RV openSession(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify, CK_SESSION_HANDLE_PTR session) {
  FAULTY(C_OpenSession, C_OpenSession(slot, flags, application, notify, session));
}
static CK_RV getSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO_PTR info) {
  FAULTY(C_GetSessionInfo, C_GetSessionInfo(session, info));
}
static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  FAULTY(C_Login, C_Login(session, user, pin, length));
}
static CK_RV signInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  FAULTY(C_SignInit, C_SignInit(session, mechanism, key));
}
static CK_RV getTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  CK_RV rv = fault("C_GetTokenInfo", CKR_OK);
  if (rv == CKR_OK) rv = real->C_GetTokenInfo(slot, info);
  if (rv == CKR_OK) info->flags |= fault("flags", 0);
  return rv;
}
static CK_RV getSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info) {
  CK_RV rv = real->C_GetSlotInfo(slot, info);
  if (rv == CKR_OK && fault("removed", 0)) info->flags &= ~(CK_FLAGS)CKF_TOKEN_PRESENT;
  return rv;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR out) {
  if (!real) {
    void *module = dlopen(getenv("FAULT_MODULE_TARGET"), RTLD_NOW | RTLD_LOCAL);
    CK_C_GetFunctionList get = module ? (CK_C_GetFunctionList)dlsym(module, "C_GetFunctionList") : NULL;
    if (!get || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
    list = *real;
    list.C_Initialize = initialize;
    list.C_Finalize = finalize;
    list.C_OpenSession = openSession;
    list.C_GetSessionInfo = getSessionInfo;
    list.C_Login = login;
    list.C_SignInit = signInit;
    list.C_GetTokenInfo = getTokenInfo;
    list.C_GetSlotInfo = getSlotInfo;
  }
  *out = &list;
  return CKR_OK;
}
