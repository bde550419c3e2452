/**
 * The small reader: file operations run inside the seal, so a link can lead nowhere but into the seal. Beyond that,
 * what is checked is the file that was opened, not its name: a name can be swapped between a check and its use.
 */

export const NOT_FOUND = 44;
export const OUTSIDE = 45;
export const NOT_REGULAR = 46;
export const NOT_FOLDER = 47;
export const NO_SPACE = 48;

/**
 * @param checked false only in the security tests, to show what the checks on the open file stop.
 * @returns the three scripts.
 */
export function fileScripts(checked: boolean): { list: string; read: string; write: string } {
  const only = (check: string) => (checked ? check : ":");
  const here = only(`case "$(pwd -P)/" in /home/user/repo/*) ;; *) exit ${OUTSIDE} ;; esac`);
  return {
    // Argument 1: folder. Prints type letter, size and name of each entry, separated by tabs, ended by NUL.
    list: `cd -P -- "$1" 2>/dev/null || { [ -e "$1" ] && exit ${NOT_FOLDER}; exit ${NOT_FOUND}; }
${here}
exec find . -mindepth 1 -maxdepth 1 -printf '%y\\t%s\\t%f\\0'
`,
    // Arguments: file, bytes. Prints the size, a newline and the first bytes. `[ -f` only spares the wait on a FIFO.
    read: `[ -e "$1" ] || [ -L "$1" ] || exit ${NOT_FOUND}
${only(`[ -f "$1" ] || exit ${NOT_REGULAR}`)}
exec 3< "$1" || exit ${NOT_FOUND}
${only(`case "$(stat -L -c %F /dev/fd/3)" in regular*) ;; *) exit ${NOT_REGULAR} ;; esac`)}
${only(`case "$(readlink /proc/$$/fd/3)" in /home/user/repo/*) ;; *) exit ${OUTSIDE} ;; esac`)}
stat -L -c %s /dev/fd/3
exec head -c "$2" <&3
`,
    // Arguments: folder, name, random letters. The content comes by standard input. Goes down folder by folder, so
    // that each step starts from an opened place; then a rename puts the file there, replacing a link.
    write: `cd /home/user/repo || exit ${NOT_FOUND}
folder=$1
while [ -n "$folder" ]; do
  part=\${folder%%/*}
  case "$folder" in */*) folder=\${folder#*/} ;; *) folder= ;; esac
  [ -d "$part" ] || mkdir -- "$part" 2>/dev/null || exit ${NOT_FOLDER}
  cd -P -- "$part" 2>/dev/null || exit ${NOT_FOLDER}
  ${here}
done
${checked ? REPLACE : 'exec cat > "$2"'}
`,
  };
}

const REPLACE = `[ ! -d "$2" ] || [ -L "$2" ] || exit ${NOT_REGULAR}
[ ! -e "$2" ] || [ -L "$2" ] || [ -f "$2" ] || exit ${NOT_REGULAR}
new=.city-write-$3
set -C
cat > "$new" || { rm -f -- "$new"; exit ${NO_SPACE}; }
set +C
[ ! -f "$2" ] || [ -L "$2" ] || chmod --reference="$2" -- "$new" 2>/dev/null
mv -f -T -- "$new" "$2" || { rm -f -- "$new"; exit ${NOT_REGULAR}; }`;
