// Package access is who may do what: users and their roles, the one question Can, sign-in,
// sessions, API keys, idempotency of the API, and the installation's keys (requirement C1).
//
// Every face asks Can before it acts; nothing else in the house decides about permission.
package access
