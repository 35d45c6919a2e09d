//! The same questions to libgit2 and to the `git` program, on real repositories.

use std::ffi::OsString;
use std::path::Path;

use super::scratch::{Scratch, command, git_in};
use super::{Content, Entry, Environment, Error, ObjectId, Repo, Tree, Via, WorkFile};

const ANY_SIZE: u64 = u64::MAX;

/// Asks both readers.
fn both(start: &Path, check: impl Fn(&Repo)) {
    both_with(start, None, check);
}

fn both_with(start: &Path, index_file: Option<&str>, check: impl Fn(&Repo)) {
    for via in [Via::Library, Via::Cli] {
        let environment = Environment { git_dir: false, index_file: index_file.map(OsString::from) };
        let repo = Repo::open_with(start, environment, via).expect("it opens").expect("it is a repository");
        assert_eq!(repo.library.is_some(), via == Via::Library);
        check(&repo);
    }
}

/// Paths and texts of a tree.
fn texts(repo: &Repo, tree: Tree) -> Vec<(String, String)> {
    let entries = repo.list(tree).expect("it is listed").entries;
    let bytes = repo.read(&entries.iter().collect::<Vec<_>>(), ANY_SIZE);
    let text = |bytes: Result<Vec<u8>, Error>| String::from_utf8(bytes.expect("it is read")).expect("text");
    entries.into_iter().zip(bytes).map(|(entry, bytes)| (entry.path, text(bytes))).collect()
}

fn pairs(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn rev(scratch: &Scratch, rev: &str) -> ObjectId {
    ObjectId::from_hex(&scratch.git(&["rev-parse", rev])).expect("an id")
}

fn identify(repo: &Repo, root: &Path, path: &str) -> Content {
    let bytes = std::fs::read(root.join(path)).expect("read");
    let metadata = std::fs::metadata(root.join(path)).expect("there");
    let file = WorkFile { path, bytes: &bytes, metadata: Some(&metadata) };
    repo.identify(&[file]).expect("git can tell")[0]
}

#[test]
fn the_index_is_read_and_not_the_work_tree() {
    let scratch = Scratch::new();
    scratch.write("m/1.sql", "one");
    scratch.commit();
    scratch.write("m/1.sql", "staged");
    scratch.write("m/2 ü\"'\n.sql", "strange");
    scratch.git(&["add", "-A"]);
    scratch.write("m/1.sql", "only in the work tree");
    scratch.write("m/3.sql", "untracked");
    both(&scratch.root(), |repo| {
        assert_eq!(repo.root(), scratch.root());
        let staged = pairs(&[("m/1.sql", "staged"), ("m/2 ü\"'\n.sql", "strange")]);
        assert_eq!(texts(repo, Tree::Index), staged);
        let head = repo.head().expect("read").expect("born");
        assert_eq!(head, rev(&scratch, "HEAD"));
        assert_eq!(texts(repo, Tree::Commit(head)), pairs(&[("m/1.sql", "one")]));
    });
}

#[test]
fn blobs_are_read_loose_and_packed_and_large_ones_refused() {
    let scratch = Scratch::new();
    scratch.write("1.sql", "a".repeat(3000));
    scratch.write("2.sql", format!("{}b", "a".repeat(3000)));
    scratch.commit();
    scratch.write("1.sql", "");
    scratch.write("2.sql", "");
    for _ in 0..2 {
        both(&scratch.root(), |repo| {
            let entries = repo.list(Tree::Index).expect("listed").entries;
            let entries: Vec<&Entry> = entries.iter().collect();
            let lengths: Vec<usize> =
                repo.read(&entries, 3001).into_iter().map(|bytes| bytes.expect("read").len()).collect();
            assert_eq!(lengths, [3000, 3001]);
            let read = repo.read(&entries, 3000);
            assert!(read[0].is_ok());
            assert!(read[1].as_ref().is_err_and(|error| error.what.starts_with("2.sql is larger than")));
        });
        scratch.git(&["gc", "-q"]);
    }
}

#[test]
fn links_and_submodules_are_no_files_and_executables_are() {
    let inner = Scratch::new();
    inner.write("m/9.sql", "inner");
    inner.commit();
    let scratch = Scratch::new();
    scratch.write("1.sql", "one");
    scratch.git(&["submodule", "add", "-q", &inner.root().display().to_string(), "vendor/up"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::os::unix::fs::symlink("1.sql", scratch.root().join("2.sql")).expect("linked");
        scratch.write("3.sql", "runs");
        let path = scratch.root().join("3.sql");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("set");
    }
    scratch.commit();
    let files = [".gitmodules", "1.sql", "3.sql"];
    both(&scratch.root(), |repo| {
        for tree in [Tree::Index, Tree::Commit(rev(&scratch, "HEAD"))] {
            let paths: Vec<String> =
                repo.list(tree).expect("listed").entries.into_iter().map(|entry| entry.path).collect();
            assert_eq!(paths, files);
        }
    });
    both(&scratch.root().join("vendor/up/m"), |repo| {
        assert_eq!(repo.root(), scratch.root().join("vendor/up"));
        assert_eq!(texts(repo, Tree::Index), pairs(&[("m/9.sql", "inner")]));
    });
}

#[test]
fn a_relative_index_file_counts_from_the_root_wherever_gander_runs() {
    let scratch = Scratch::new();
    scratch.write("m/1.sql", "one");
    scratch.write("backend/x", "");
    scratch.commit();
    std::fs::copy(scratch.root().join(".git/index"), scratch.root().join(".git/next-index")).expect("copied");
    scratch.git(&["rm", "-q", "--cached", "m/1.sql"]);
    both_with(&scratch.root().join("backend"), Some(".git/next-index"), |repo| {
        assert_eq!(texts(repo, Tree::Index), pairs(&[("backend/x", ""), ("m/1.sql", "one")]));
    });
    both_with(&scratch.root().join("backend"), None, |repo| {
        assert_eq!(texts(repo, Tree::Index), pairs(&[("backend/x", "")]));
    });
    both_with(&scratch.root(), Some(".git/none"), |repo| {
        let error = repo.list(Tree::Index).expect_err("HEAD is born and there is no index");
        assert!(
            error.what.contains(".git/none")
                && error.help.is_some_and(|help| help.contains("GIT_INDEX_FILE"))
        );
    });
}

/// What the hook below runs: this test binary once more, inside the environment that git gives to hooks.
#[test]
fn hooks_see_what_is_about_to_be_committed() {
    if let Some(out) = std::env::var_os("GANDER_TEST_HOOK_OUT") {
        let here = std::env::current_dir().expect("a current directory");
        let mut said = String::new();
        for via in [Via::Library, Via::Cli] {
            let repo = Repo::open_with(&here, Environment::of_process(), via).expect("opens").expect("found");
            said += &format!("{via:?} {} {:?}\n", repo.root().display(), texts(&repo, Tree::Index));
        }
        std::fs::write(out, said).expect("written");
        return;
    }
    let scratch = Scratch::new();
    scratch.write("m/1.sql", "one");
    scratch.write("m/2.sql", "two");
    scratch.commit();
    let this = std::env::current_exe().expect("this program");
    let hook = format!(
        "#!/bin/sh\ncd m || exit 9\nexec '{}' --exact git::tests::hooks_see_what_is_about_to_be_committed >/dev/null\n",
        this.display()
    );
    scratch.write(".git/hooks/pre-commit", hook);
    executable(&scratch.root().join(".git/hooks/pre-commit"));
    let linked = Scratch::bare_directory();
    let linked = linked.root().join("linked");
    scratch.git(&["worktree", "add", "-q", "-b", "other", &linked.display().to_string()]);

    for (root, text) in [(scratch.root(), "changed"), (linked, "changed elsewhere")] {
        for arguments in [["commit", "-q", "-a", "-m", "x"], ["commit", "-q", "-m", "x", "m/1.sql"]] {
            let text = format!("{text} by {}", arguments[2]);
            std::fs::write(root.join("m/1.sql"), &text).expect("written");
            let out = root.join("out.txt");
            let committed =
                command(&root, &arguments).env("GANDER_TEST_HOOK_OUT", &out).output().expect("git runs");
            assert!(committed.status.success(), "{}", String::from_utf8_lossy(&committed.stderr));
            let wanted = format!("{} {:?}", root.display(), pairs(&[("m/1.sql", &text), ("m/2.sql", "two")]));
            let said = std::fs::read_to_string(&out).expect("the hook ran");
            assert_eq!(said, format!("Library {wanted}\nCli {wanted}\n"));
            std::fs::remove_file(out).expect("removed");
        }
    }
}

#[cfg(unix)]
fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("set");
}

#[cfg(not(unix))]
fn executable(_: &Path) {}

#[test]
fn before_the_first_commit_everything_staged_is_there() {
    let scratch = Scratch::new();
    both(&scratch.root(), |repo| {
        assert_eq!(texts(repo, Tree::Index), []);
    });
    scratch.write("1.sql", "one");
    scratch.git(&["add", "1.sql"]);
    both(&scratch.root(), |repo| {
        assert_eq!(repo.head(), Ok(None));
        assert_eq!(repo.base_commit(None), Ok(None));
        assert_eq!(repo.base_commit(Some("origin/main")), Ok(None));
        assert_eq!(texts(repo, Tree::Index), pairs(&[("1.sql", "one")]));
        assert!(repo.merge_base("main").is_err_and(|error| error.what.contains("no commit yet")));
    });
}

#[test]
fn conflicts_are_to_be_resolved_first() {
    let scratch = Scratch::new();
    scratch.write("1.sql", "one");
    scratch.write("2.sql", "two");
    scratch.commit();
    scratch.git(&["switch", "-q", "-c", "other"]);
    scratch.write("1.sql", "theirs");
    scratch.commit();
    scratch.git(&["switch", "-q", "main"]);
    scratch.write("1.sql", "ours");
    scratch.commit();
    assert!(!scratch.try_git(&["merge", "-q", "other"]).status.success());
    both(&scratch.root(), |repo| {
        let error = repo.list(Tree::Index).expect_err("a conflict");
        assert_eq!(error.what, "the index holds conflicts: 1.sql");
        assert!(error.help.is_some_and(|help| help.contains("resolve them first")));
        let (mut tracked, skipped) = repo.tracked().expect("the work tree can be judged all the same");
        tracked.sort();
        assert_eq!((tracked, skipped), (vec!["1.sql".to_owned(), "2.sql".to_owned()], Vec::new()));
    });
}

#[test]
fn an_announced_file_is_not_staged_and_an_empty_one_is() {
    let scratch = Scratch::new();
    scratch.write("empty.sql", "");
    scratch.write("later.sql", "later");
    scratch.git(&["add", "empty.sql"]);
    scratch.git(&["add", "-N", "later.sql"]);
    both(&scratch.root(), |repo| {
        assert_eq!(texts(repo, Tree::Index), pairs(&[("empty.sql", "")]));
        let (tracked, _) = repo.tracked().expect("listed");
        assert_eq!(tracked, ["empty.sql", "later.sql"]);
        let content = identify(repo, &scratch.root(), "later.sql");
        assert_eq!(Some(content.id), ObjectId::of_blob(b"later"));
    });
}

#[test]
fn the_base_is_configured_or_found() {
    let origin = Scratch::new();
    origin.write("1.sql", "one");
    origin.commit();
    origin.git(&["branch", "-m", "trunk"]);
    let directory = Scratch::bare_directory();
    directory.git(&["clone", "-q", &origin.root().display().to_string(), "clone"]);
    let root = directory.root().join("clone");
    let git = |arguments: &[&str]| git_in(&root, arguments);
    let first = rev(&origin, "HEAD");
    git(&["commit", "-q", "--allow-empty", "-m", "more"]);
    let name = |repo: &Repo, configured| repo.base_commit(configured).expect("found").map(|base| base.name);
    both(&root, |repo| {
        let base = repo.base_commit(None).expect("read").expect("found");
        assert_eq!((base.name.as_str(), base.commit), ("origin/trunk", first));
        assert_eq!(name(repo, Some("HEAD")).as_deref(), Some("HEAD"));
        assert_eq!(name(repo, Some("trunk")).as_deref(), Some("trunk"));
        let error = repo.base_commit(Some("origin/main")).expect_err("not there");
        assert!(error.what.contains("`origin/main`"), "{error:?}");
    });
    git(&["remote", "set-head", "origin", "-d"]);
    both(&root, |repo| assert_eq!(name(repo, None), None));
    git(&["update-ref", "refs/remotes/origin/master", "HEAD"]);
    both(&root, |repo| assert_eq!(name(repo, None).as_deref(), Some("origin/master")));
    git(&["update-ref", "refs/heads/master", "HEAD"]);
    both(&root, |repo| assert_eq!(name(repo, None).as_deref(), Some("master")));
    git(&["branch", "main"]);
    both(&root, |repo| assert_eq!(name(repo, None).as_deref(), Some("main")));
    git(&["switch", "-q", "--detach"]);
    git(&["branch", "-q", "-D", "trunk"]);
    both(&root, |repo| assert_eq!(name(repo, Some("trunk")).as_deref(), Some("origin/trunk")));
}

#[test]
fn the_merge_base_is_where_both_parted() {
    let scratch = Scratch::new();
    scratch.commit();
    let fork = rev(&scratch, "HEAD");
    scratch.git(&["switch", "-q", "-c", "work"]);
    scratch.write("1.sql", "");
    scratch.commit();
    scratch.git(&["switch", "-q", "main"]);
    scratch.write("2.sql", "");
    scratch.commit();
    scratch.git(&["tag", "-a", "-m", "x", "v1"]);
    scratch.git(&["switch", "-q", "work"]);
    both(&scratch.root(), |repo| {
        assert_eq!(repo.merge_base("main"), Ok(fork));
        assert_eq!(repo.merge_base("v1"), Ok(fork));
        assert_eq!(repo.merge_base("HEAD"), Ok(rev(&scratch, "HEAD")));
        assert_eq!(repo.merge_base("HEAD~1"), Ok(fork));
        for none in ["nope", "HEAD~9", "HEAD:1.sql", "-x", "a..b", ""] {
            let error = repo.merge_base(none).expect_err("no commit");
            assert!(error.what.contains("is no revision"), "{none}: {error:?}");
        }
        assert!(!repo.is_shallow());
    });
    scratch.git(&["switch", "-q", "--orphan", "island"]);
    scratch.write("3.sql", "no empty commit, which would be the first one once more");
    scratch.commit();
    both(&scratch.root(), |repo| {
        assert!(repo.merge_base("main").is_err_and(|error| error.what.contains("no common commit")));
    });
}

#[test]
fn a_shallow_history_is_said_and_never_taken_for_an_empty_one() {
    let origin = Scratch::new();
    origin.commit();
    origin.git(&["branch", "old"]);
    origin.write("1.sql", "");
    origin.commit();
    let directory = Scratch::bare_directory();
    let url = format!("file://{}", origin.root().display());
    directory.git(&["clone", "-q", "--depth", "1", "--no-single-branch", &url, "clone"]);
    both(&directory.root().join("clone"), |repo| {
        assert!(repo.is_shallow());
        for rev in ["HEAD~1", "origin/old"] {
            let error = repo.merge_base(rev).expect_err("cut off");
            let said = format!("{:?} {:?}", error.source, error.help);
            assert!(said.contains("shallow") && said.contains("fetch-depth: 0"), "{rev}: {said}");
        }
        let error = repo.base_commit(Some("origin/develop")).expect_err("not fetched");
        assert!(error.help.is_some_and(|help| help.contains("fetch-depth: 0")));
    });
}

#[test]
fn unchanged_files_are_what_the_index_says_and_others_are_hashed() {
    let scratch = Scratch::new();
    scratch.git(&["config", "core.autocrlf", "true"]);
    scratch.write("same.sql", "a;\nb;\n");
    scratch.write("changed.sql", "a;\n");
    scratch.write("touched.sql", "t;\n");
    scratch.commit();
    let root = scratch.root();
    for path in ["same.sql", "changed.sql", "touched.sql"] {
        std::fs::remove_file(root.join(path)).expect("removed");
    }
    scratch.git(&["checkout", "-q", "--", "."]);
    assert_eq!(std::fs::read(root.join("same.sql")).expect("read"), b"a;\r\nb;\r\n", "checkout made CRLF");
    scratch.write("changed.sql", "a;\r\nmore;\r\n");
    scratch.write("touched.sql", "t;\r\n");
    scratch.write("new.sql", "n;\n");
    let blob = |text: &str| Content::of(ObjectId::of_blob(text.as_bytes()).expect("hashed"));
    both(&root, |repo| {
        assert!(identify(repo, &root, "same.sql").same_as(&blob("a;\nb;\n")));
        assert!(identify(repo, &root, "touched.sql").same_as(&blob("t;\n")));
        assert!(!identify(repo, &root, "changed.sql").same_as(&blob("a;\n")));
        assert!(identify(repo, &root, "changed.sql").same_as(&blob("a;\nmore;\n")));
        assert!(identify(repo, &root, "new.sql").same_as(&blob("n;\n")));
        // Bytes from elsewhere in the place of a file that did not change.
        let given = WorkFile { path: "same.sql", bytes: b"given", metadata: None };
        assert!(repo.identify(&[given]).expect("hashed")[0].same_as(&blob("given")));
    });
}

#[test]
fn mixed_line_endings_are_a_change() {
    let scratch = Scratch::new();
    scratch.write("1.sql", "a;\nb;\n");
    scratch.commit();
    scratch.write("1.sql", "a;\r\nb;\n");
    both(&scratch.root(), |repo| {
        let content = identify(repo, &scratch.root(), "1.sql");
        assert!(!content.same_as(&Content::of(ObjectId::of_blob(b"a;\nb;\n").expect("hashed"))));
    });
}

/// What libgit2 cannot read, git reads in its place.
#[test]
fn repositories_that_libgit2_cannot_read_are_read_by_git() {
    for options in [["--object-format=sha256"], ["--ref-format=reftable"]] {
        let scratch = Scratch::with(&options);
        scratch.write("m/1.sql", "one\r\n");
        scratch.commit();
        scratch.write("m/2.sql", "two");
        scratch.git(&["add", "-A"]);
        scratch.write("m/2.sql", "three");
        let root = scratch.root();
        let repo =
            Repo::open_with(&root, Environment::default(), Via::Library).expect("opens").expect("found");
        assert_eq!(
            texts(&repo, Tree::Index),
            pairs(&[("m/1.sql", "one\r\n"), ("m/2.sql", "two")]),
            "{options:?}"
        );
        let head = repo.head().expect("read").expect("born");
        assert_eq!(
            repo.base_commit(None).expect("read").map(|base| (base.name, base.commit)),
            Some(("main".into(), head))
        );
        let listed = repo.list(Tree::Commit(head)).expect("listed").entries;
        let unchanged = identify(&repo, &root, "m/1.sql");
        assert_eq!(unchanged.id, listed[0].id);
        scratch.write("m/1.sql", "one\n");
        let with_lf = identify(&repo, &root, "m/1.sql");
        assert_ne!(with_lf.id, listed[0].id);
        scratch.write("m/1.sql", "one\r\n");
        let hashed = repo
            .identify(&[WorkFile { path: "m/1.sql", bytes: b"one\r\n", metadata: None }])
            .expect("hashed");
        assert_eq!((hashed[0].id, hashed[0].with_lf), (listed[0].id, Some(with_lf.id)));
        let changed = identify(&repo, &root, "m/2.sql");
        assert_eq!(changed.id.to_string(), scratch.git(&["hash-object", "m/2.sql"]));
    }
}

#[test]
fn split_and_sparse_indexes_are_read() {
    let scratch = Scratch::new();
    scratch.write("in/1.sql", "one");
    scratch.write("out/deep/2.sql", "two");
    scratch.write("top.sql", "top");
    scratch.commit();
    let all = pairs(&[("in/1.sql", "one"), ("out/deep/2.sql", "two"), ("top.sql", "top")]);
    scratch.git(&["update-index", "--split-index"]);
    scratch.write("top.sql", "top, staged");
    scratch.git(&["add", "top.sql"]);
    both(&scratch.root(), |repo| assert_eq!(texts(repo, Tree::Index)[2].1, "top, staged"));
    scratch.git(&["reset", "-q", "--hard"]);
    scratch.git(&["update-index", "--no-split-index"]);
    for sparse_index in ["--no-sparse-index", "--sparse-index"] {
        scratch.git(&["sparse-checkout", "set", "--cone", sparse_index, "in"]);
        assert!(!scratch.root().join("out").exists());
        both(&scratch.root(), |repo| {
            assert_eq!(texts(repo, Tree::Index), all, "{sparse_index}");
            let (_, skipped) = repo.tracked().expect("listed");
            let skipped: Vec<&str> = skipped.iter().map(|entry| entry.path.as_str()).collect();
            assert_eq!(skipped, ["out/deep/2.sql"], "{sparse_index}");
        });
    }
}

#[test]
fn what_a_partial_clone_lacks_is_fetched() {
    let origin = Scratch::new();
    origin.write("1.sql", "one");
    origin.commit();
    origin.write("1.sql", "one, later");
    origin.commit();
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let directory = Scratch::bare_directory();
    let url = format!("file://{}", origin.root().display());
    directory.git(&["clone", "-q", "--filter=blob:none", &url, "clone"]);
    let root = directory.root().join("clone");
    both(&root, |repo| {
        let old = repo.merge_base("HEAD~1").expect("there");
        assert_eq!(texts(repo, Tree::Commit(old)), pairs(&[("1.sql", "one")]));
    });
}

#[test]
fn ignored_paths_are_known() {
    let scratch = Scratch::new();
    scratch.write(".gitignore", "*.log\n.env\n/build/\n");
    both(&scratch.root(), |repo| {
        for (path, ignored) in [(".env", true), ("a/b.log", true), ("a.sql", false), ("build/x.sql", true)] {
            assert_eq!(repo.is_ignored(path), Ok(ignored), "{path}");
        }
    });
}

#[test]
fn no_repository_and_none_with_a_work_tree_are_none() {
    let directory = Scratch::bare_directory();
    let bare = Scratch::with(&["--bare"]);
    for via in [Via::Library, Via::Cli] {
        for root in [directory.root(), bare.root()] {
            assert!(Repo::open_with(&root, Environment::default(), via).expect("no error").is_none());
        }
    }
}

#[test]
fn a_repository_of_somebody_else_is_refused_with_the_command_that_trusts_it() {
    let scratch = Scratch::new();
    let root = scratch.root();
    scratch.write("m/1.sql", "");
    // Only root can give a directory away; for others there is nothing to try.
    let given = std::process::Command::new("chown").args(["-R", "12345"]).arg(&root).output();
    if !given.is_ok_and(|output| output.status.success()) {
        return;
    }
    let Err(error) = Repo::open_with(&root.join("m"), Environment::default(), Via::Library) else {
        panic!("it must not be trusted");
    };
    let command = format!("git config --global --add safe.directory {}", root.display());
    assert_eq!(error.help.as_deref(), Some(command.as_str()), "{error:?}");
}

#[test]
fn a_broken_repository_is_an_error_and_not_none() {
    let scratch = Scratch::new();
    scratch.commit();
    scratch.write(".git/config", "[core\n");
    for via in [Via::Library, Via::Cli] {
        assert!(Repo::open_with(&scratch.root(), Environment::default(), via).is_err(), "{via:?}");
    }
}

#[test]
fn ids_are_read_and_written() {
    let hex = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
    let id = ObjectId::from_hex(hex).expect("an id");
    assert_eq!(id.to_string(), hex);
    assert_eq!(ObjectId::of_blob(b""), Some(id));
    let long = "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813";
    assert_eq!(ObjectId::from_hex(long).map(|id| id.to_string()).as_deref(), Some(long));
    for bad in ["", "e69d", &hex.replace('e', "g"), &hex.replace('e', "é")] {
        assert_eq!(ObjectId::from_hex(bad), None);
    }
}
