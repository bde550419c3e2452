/**
 * What git does inside the seal. The folder it trusts (`/box/git`, later `/opt/pristine.git`) is written by these
 * scripts alone; no configuration, hook, filter or attribute of a repository or of the host takes part.
 */

/** Where the pristine git folder lies while a seller works; read-only there. */
export const PRISTINE_GIT = "/opt/pristine.git";
/** The one branch of every sandbox, whatever the remote called it. */
export const BRANCH = "main";
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

export const GIT_ENVIRONMENT: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_ALLOW_PROTOCOL: "none",
  GIT_PROTOCOL_FROM_USER: "0",
  GIT_LFS_SKIP_SMUDGE: "1",
  GIT_NO_REPLACE_OBJECTS: "1",
};

export const SAFE_CONFIG = `[core]
	repositoryformatversion = 0
	bare = false
	logallrefupdates = false
	hooksPath = /dev/null
	attributesFile = /dev/null
	excludesFile = /dev/null
	fsmonitor = false
	symlinks = true
	autocrlf = false
	protectHFS = true
	protectNTFS = true
	bigFileThreshold = 32m
	packedGitLimit = 128m
	deltaBaseCacheLimit = 32m
[pack]
	threads = 1
[index]
	threads = 1
[gc]
	auto = 0
[submodule]
	recurse = false
`;

/** Beats every .gitattributes: no conversion, no filter, no custom diff, and no way to hide a change as binary. */
export const SAFE_ATTRIBUTES = "* -text -eol -crlf -filter -ident -working-tree-encoding !diff !merge\n";

export const SELLER_CONFIG = `[core]
	repositoryformatversion = 0
	bare = false
	logallrefupdates = true
`;

/**
 * Reads a pack and lays out the pristine git folder and the seller's work tree, with as few processes as can be: each
 * costs a millisecond or two. Prints the commit and, after a NUL, the sizes and line counts of its files. Arguments:
 * commit, "--strict" (git then refuses malformed and dangerous objects; see `git fsck`).
 *
 * An index is copied with its time: git reads a file of unchanged size and second again only where the index is no
 * younger (racy-git in git's documentation), and a copy made a second later would hide a quick change.
 */
export const LAY_OUT = `set -eu
umask 022
commit=$1 mine=/box/repo/.git
mkdir -p /box/tmp /box/git/objects/pack /box/git/objects/info /box/git/refs/heads /box/git/refs/tags /box/git/info \\
  $mine/objects/pack $mine/objects/info $mine/refs/heads $mine/refs/tags $mine/info $mine/hooks
cd /box/git
export GIT_DIR=/box/git
echo 'ref: refs/heads/${BRANCH}' > HEAD
printf %s '${SAFE_CONFIG}' > config
printf %s '${SAFE_ATTRIBUTES}' > info/attributes
echo "$commit" > shallow
git index-pack $2 --stdin --threads=1 > /dev/null
echo "$commit" > refs/heads/${BRANCH}
GIT_WORK_TREE=/box/repo git read-tree --reset -u "$commit^{commit}"
cp --preserve=timestamps HEAD index $mine
echo "$commit" > $mine/refs/heads/${BRANCH}
echo ${PRISTINE_GIT}/objects > $mine/objects/info/alternates
printf %s '${SELLER_CONFIG}' > $mine/config
printf '%s\\0' "$commit"
cp shallow $mine
git ls-tree -r -l -z "$commit"
printf '\\0'
git diff-tree -r -z --numstat --no-renames ${EMPTY_TREE} "$commit"
`;

/**
 * Compares the work tree with the pristine commit. Every regular file and link counts as a file, whatever the seller
 * did to `.git`; a repository made inside the work tree is read as ordinary files. Untracked files that the work
 * tree's .gitignore names are left out. Prints the created paths, each with a NUL, one more NUL, and the patch.
 * Arguments: commit; "text", or "binary" to print every change as binary (for text that is not UTF-8).
 */
export const DIFF = `set -eu
commit=$1
export GIT_DIR=/tmp/git GIT_WORK_TREE=/home/user/repo GIT_OBJECT_DIRECTORY=/tmp/git/objects
export GIT_ALTERNATE_OBJECT_DIRECTORIES=${PRISTINE_GIT}/objects LC_ALL=C
mkdir -p /tmp/git/objects /tmp/git/refs /tmp/git/info
cd ${PRISTINE_GIT}
cp --preserve=timestamps HEAD config index /tmp/git
[ ! -f shallow ] || cp shallow /tmp/git
cp info/attributes /tmp/git/info
[ "$2" != binary ] || echo '* -diff' >> /tmp/git/info/attributes
cd /home/user/repo
find . -name .git -prune -o \\( -type l -o -type f -readable \\) -print0 2>/dev/null | sed -z 's,^\\./,,' | sort -z > /tmp/now || :
git ls-files -z | sort -z > /tmp/was
comm -z -23 /tmp/was /tmp/now > /tmp/gone
comm -z -13 /tmp/was /tmp/now > /tmp/new
git check-ignore -z --stdin --no-index < /tmp/new | sort -z > /tmp/ignored || :
comm -z -23 /tmp/now /tmp/ignored > /tmp/keep
git update-index -z --force-remove --stdin < /tmp/gone
git update-index -z --add --replace --stdin < /tmp/keep 2>/dev/null
git diff-index --cached --diff-filter=A --name-only -z "$commit"
printf '\\0'
git diff-index --cached --patch --binary --full-index --no-renames --no-ext-diff --no-textconv --no-color "$commit"
`;
