# What the scripts of this folder share. They are run in the folder of the project.

# Of Cargo.toml.
version() {
    sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1
}

# The moment of the last commit, so that the same source gives the same files.
source_date() {
    echo "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"
}

# The name that Linux has for the processor that a program is for.
processor() {
    case $(od -An -tx1 -j18 -N1 "$1" | tr -d ' ') in
        3e) echo x86_64 ;;
        b7) echo aarch64 ;;
        *) echo "$1 is for no processor that is known here" >&2 && return 1 ;;
    esac
}

# Gives files the modes that they have whoever builds, and their moment.
settle() {
    find "$1" -type d -exec chmod 0755 {} +
    find "$1" -type f ! -perm -u+x -exec chmod 0644 {} +
    find "$1" -type f -perm -u+x -exec chmod 0755 {} +
    find "$1" -exec touch --no-dereference --date "@$(source_date)" {} +
}
