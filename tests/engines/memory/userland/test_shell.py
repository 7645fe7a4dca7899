"""The shell does what busybox's does (each case was run in a real busybox container too)."""

import pytest

from tests.engines.memory.userland.running import execute

CASES: list[tuple[str, str, int]] = [
    ("echo hello world", "hello world\n", 0),
    ("echo 'a  b' \"c  $((1+2))\" d\\ e", "a  b c  3 d e\n", 0),
    ("x=5; echo $x ${x}y ${y:-none} ${#x}", "5 5y none 1\n", 0),
    ("f=/a/b.tar.gz; echo ${f##*/} ${f%.gz} ${f%%.*} ${f#/}", "b.tar.gz /a/b.tar /a/b a/b.tar.gz\n", 0),
    ("echo one | cat | tr o 0", "0ne\n", 0),
    ("false || echo no && echo yes", "no\nyes\n", 0),
    ("for i in 1 2 3; do echo -n $i; done; echo", "123\n", 0),
    ("i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done", "1\n2\n3\n", 0),
    ("if [ -d /tmp ]; then echo d; else echo n; fi", "d\n", 0),
    ("case abc in x) echo x;; a*) echo a;; esac", "a\n", 0),
    ("f() { echo in $1; return 4; }; f z; echo $?", "in z\n4\n", 0),
    ("exit 7", "", 7),
    ("nosuch", "sh: nosuch: not found\n", 127),
    ("/etc/passwd", "sh: /etc/passwd: Permission denied\n", 126),
    ("echo a > /tmp/f; echo b >> /tmp/f; cat /tmp/f; wc -l < /tmp/f", "a\nb\n2\n", 0),
    ("cat <<E\nhi $((2*3))\nE", "hi 6\n", 0),
    ("cat <<'E'\nhi $x\nE", "hi $x\n", 0),
    ("echo $(echo inner; echo two)", "inner two\n", 0),
    ("echo `echo tick`", "tick\n", 0),
    ("set -- a b c; echo $# $2 $*; shift; echo $1", "3 b a b c\nb\n", 0),
    ("set -e; false; echo not", "", 1),
    ("set -u; echo $nope", "sh: nope: parameter not set\n", 2),
    ("(cd /tmp; pwd); pwd", "/tmp\n/\n", 0),
    ("echo out; echo err >&2", "out\nerr\n", 0),
    ("ls /nonexistent", "ls: /nonexistent: No such file or directory\n", 1),
    ("cat /nonexistent", "cat: can't open '/nonexistent': No such file or directory\n", 1),
    ("trap 'echo bye' EXIT; echo hi", "hi\nbye\n", 0),
    ("x='a b  c'; echo $x; echo \"$x\"", "a b c\na b  c\n", 0),
    ("printf '%s-%d\\n' a 1 b 2", "a-1\nb-2\n", 0),
    ("echo 'b\na\nc' | sort | head -n 2", "a\nb\n", 0),
    ("seq 5 | grep -v 3 | wc -l", "4\n", 0),
    ("echo hello | sed 's/l/L/g'", "heLLo\n", 0),
    ("echo a:b:c | cut -d: -f2", "b\n", 0),
    ("read x y <<E\n1 2 3\nE\necho $y", "2 3\n", 0),
    ("echo a b | while read x y; do echo $y $x; done", "b a\n", 0),
    ("sleep 0.1 & wait; echo done", "done\n", 0),
    ("! true; echo $?", "1\n", 0),
    ("test 1 -eq 1 && [ a = a ] && echo ok", "ok\n", 0),
    ("exec echo replaced; echo never", "replaced\n", 0),
    ("eval 'x=3; echo $x'", "3\n", 0),
    ("echo $((10/3)) $((7%4)) $((1<<4)) $((5>3))", "3 3 16 1\n", 0),
    ("unset x; echo ${x:=set} $x", "set set\n", 0),
    ("cd /nonexistent; echo $?", "sh: cd: line 0: can't cd to /nonexistent: No such file or directory\n2\n", 0),
    ("for f in /etc/pass*; do echo $f; done", "/etc/passwd\n", 0),
    ("while true; do break; done; echo left", "left\n", 0),
    ("for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done", "1\n3\n", 0),
    ("kill -9 $$; echo still", "", 137),
    ("sh -c 'echo $0 $1' name arg", "name arg\n", 0),
    ("if true; then", 'sh: syntax error: unexpected end of file (expecting "fi")\n', 2),
    ("echo a |", "sh: syntax error: unexpected end of file\n", 2),
    ("echo $?; (exit 3); echo $?", "0\n3\n", 0),
    ("yes | head -n 2", "y\ny\n", 0),
    ("A=1 env | grep ^A=", "A=1\n", 0),
    ("export B=2; sh -c 'echo $B'", "2\n", 0),
    ('echo "a\\$b" \'c\'"d"', "a$b cd\n", 0),
    ("mkdir -p /tmp/a/b && touch /tmp/a/b/c && find /tmp/a -type f", "/tmp/a/b/c\n", 0),
    ("rm /nonexistent", "rm: can't remove '/nonexistent': No such file or directory\n", 1),
    ("id", "uid=0(root) gid=0(root) groups=0(root)\n", 0),
    ("basename /a/b.c .c; dirname /a/b", "b\n/a\n", 0),
    ("timeout 0.1 sleep 5; echo $?", "Terminated\n143\n", 0),
]


@pytest.mark.parametrize(("script", "output", "code"), CASES)
def test_a_script_gives_what_busybox_gives(script: str, output: str, code: int) -> None:
    assert execute(script) == (output, code)


def test_standard_input_is_read() -> None:
    assert execute("read a; cat", b"one\ntwo\nthree\n") == ("two\nthree\n", 0)


def test_a_loop_without_end_can_be_killed() -> None:
    assert execute("(while :; do :; done) & sleep 0.2; kill $!; wait; echo over", virtual=False)[0] == "over\n"


def test_nesting_has_an_end() -> None:
    assert execute("(" * 300 + ")" * 300)[1] == 2
    assert execute("f() { f; }; f")[1] == 2


@pytest.mark.parametrize(
    "create",
    ["touch f", "echo > f", "echo | tee f", "cp /bin/ls f", "dd if=/dev/null of=f 2> /dev/null", "sort -o f /dev/null"],
)
@pytest.mark.parametrize("umask", [0o000, 0o027, 0o777])
def test_new_files_lack_the_bits_of_the_umask(create: str, umask: int) -> None:
    mode = (0o755 if create.startswith("cp") else 0o666) & ~umask
    output, code = execute(f"{create}; stat -c %a f", folder="/tmp/here", umask=umask)
    assert (output.splitlines()[-1], code) == (f"{mode:o}", 0)


def test_children_inherit_the_umask() -> None:
    script = "umask; mkdir a; sh -c 'umask; umask 077; mkdir b; (umask); umask'; mkdir c; stat -c %a a b c"
    assert execute(script, folder="/tmp/here", umask=0o027)[0] == "0027\n0027\n0077\n0077\n750\n700\n750\n"
