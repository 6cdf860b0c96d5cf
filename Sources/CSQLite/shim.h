#ifndef TOCSIN_CSQLite_SHIM_H
#define TOCSIN_CSQLite_SHIM_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* What Swift cannot call: SQLITE_TRANSIENT is a cast, sqlite3_db_config and open are variadic. */

/* Copies the text, so that it need not outlive the call; an empty Swift string may come as a null pointer. */
static inline int tocsin_bind_text(sqlite3_stmt *statement, int index, const void *text, sqlite3_uint64 length) {
    return sqlite3_bind_text64(statement, index, text ? (const char *)text : "", length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int tocsin_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 length) {
    return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", length, SQLITE_TRANSIENT);
}

/* Memory statistics cost a lock per allocation; to be called before the first database is opened. */
static inline int tocsin_start(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/*
 * No double-quoted strings in our queries, no way to write around the schema. Beside our tables there may be somebody
 * else's, and whoever opens the file reads all of it, and VACUUM makes all of it anew: theirs may use such strings, and
 * JSON functions, which SQLite 3.40 does not count as harmless and which are all that distrust would add to what is
 * refused anyway (https://www.sqlite.org/c3ref/c_dbconfig_defensive.html, 2026-11). Ours have no foreign keys, and
 * theirs do not refuse what is deleted from ours.
 */
static inline void tocsin_harden(sqlite3 *database) {
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_FKEY, 0, (int *)0);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, (int *)0);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, (int *)0);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 1, (int *)0);
    /* Nothing of ours is near it; a file that was tampered with makes nothing larger (its checks are looked at). */
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, 256 << 20);
}

/* Creates an empty file of mode 0600 whatever the umask; 0, or the errno (EEXIST when it stands already). */
static inline int tocsin_create_private(const char *path) {
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return errno;
    int failed = fchmod(file, 0600) < 0 ? errno : 0;
    close(file);
    return failed;
}

/* Whether the file stands on a file system that takes no writes; what SQLite then says of it differs by the call. */
static inline bool tocsin_is_frozen(const char *path) { return access(path, W_OK) < 0 && errno == EROFS; }

/* The number of a file and, in nanoseconds since 1970, when it was made; -1 where the file system does not keep that. */
static inline int tocsin_identify_at(int file, const char *path, unsigned long long *inode, long long *birth) {
    struct statx facts;
    int empty = *path ? 0 : AT_EMPTY_PATH;
    *birth = -1;
    if (statx(file, path, empty, STATX_INO | STATX_BTIME, &facts) == 0) {
        *inode = facts.stx_ino;
        if (facts.stx_mask & STATX_BTIME) *birth = facts.stx_btime.tv_sec * 1000000000LL + facts.stx_btime.tv_nsec;
        return 1;
    }
    /* Some containers forbid statx. */
    struct stat plain;
    if ((*path ? stat(path, &plain) : fstat(file, &plain)) != 0) return 0;
    *inode = plain.st_ino;
    return 1;
}

static inline int tocsin_identify(const char *path, unsigned long long *inode, long long *birth) {
    return tocsin_identify_at(AT_FDCWD, path, inode, birth);
}

/* The same of an open file, whatever stands under its name by now. */
static inline int tocsin_identify_open(int file, unsigned long long *inode, long long *birth) {
    return tocsin_identify_at(file, "", inode, birth);
}

/* Opens or creates a lock file of mode 0600 and locks it without waiting; the descriptor, or the errno negated. */
static inline int tocsin_lock(const char *path) {
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return -errno;
    if (flock(file, LOCK_EX | LOCK_NB) == 0) return file;
    int failed = errno;
    close(file);
    return -failed;
}

/* Opens a lock file that stands, for looking only; the descriptor, or -1. */
static inline int tocsin_find_lock(const char *path) {
    return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

/* Whether nobody holds an open lock file: shared for a moment, so that those who look do not hinder one another. */
static inline int tocsin_is_unlocked(int file) {
    if (flock(file, LOCK_SH | LOCK_NB) != 0) return 0;
    flock(file, LOCK_UN);
    return 1;
}

/* Closes a lock file; unlocked first, since a child on its way from fork to exec may hold the descriptor as well. */
static inline void tocsin_unlock(int file) {
    flock(file, LOCK_UN);
    close(file);
}

#endif
