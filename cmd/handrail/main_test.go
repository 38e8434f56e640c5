package main

import (
	"archive/zip"
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheCommandLineIsAnswered(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		args    []string
		environ map[string]string
		status  int
		stdin   string
		stdout  string
		stderr  string
	}{
		{name: "help is no failure", args: []string{"--help"}, stdout: "migrate"},
		{name: "the help of a command", args: []string{"package", "--help"}, stdout: "--bot-id"},
		{name: "the build is told", args: []string{"version"}, stdout: "handrail "},
		{name: "an unknown command", args: []string{"sevre"}, status: 2, stderr: "handrail --help"},
		{
			name: "a configuration with faults", environ: map[string]string{"HANDRAIL_ADDR": "here", "BOT_CLOUD": "mars"},
			status: 2, stderr: "BOT_CLOUD is",
		},
		{
			name: "a probable typo is told even beside faults", args: []string{"migrate"}, status: 2, stderr: "did you mean HANDRAIL_ADDR?",
			environ: map[string]string{"HANDRAIL_ADR": "x", "BOT_CLOUD": "mars"},
		},
		{name: "a text for a customer with nothing wrong", args: []string{"guard"}, stdin: "We will update you by 5 pm."},
		{
			name: "a text that promises", args: []string{"guard"}, stdin: "Hello,\nthe portal — yours, too — will be back by 5 pm.\n", status: 1,
			stdout: "2:40: fixed_time: \"by 5 pm\": it promises a time for the fix, and nobody can know that time; better: “We will update you by 5 pm”\n",
		},
		{
			name: "a text with a secret", args: []string{"guard"}, stdin: "password: kX9#mm21", status: 1,
			stdout: "1:11: secret: \"••••\": ",
		},
		{
			name: "a text that lacks something", args: []string{"guard", "--kind", "closing"}, stdin: "Thank you.\nThe ticket is closed.", status: 1,
			stdout: "2:22: missing_part: \"contact\": ",
		},
		{
			name: "findings for a program", args: []string{"guard", "--json", "--lang", "vi", "--name", "Falcon"}, stdin: "Falcon: mai sửa xong.", status: 1,
			stdout: `{"line":1,"column":1,"start":0,"end":6,"kind":"internal","words":"Falcon","overridable":true,"language":"vi",`,
		},
		{
			name: "a name of the house", args: []string{"guard"}, environ: map[string]string{"HANDRAIL_HOUSE_NAMES": "Falcon, ops.example"}, status: 1,
			stdin: "It is in Falcon.", stdout: `1:10: internal: "Falcon"`,
		},
		{name: "a language that the guard does not know", args: []string{"guard", "--lang", "fr"}, status: 2, stderr: "--lang"},
		{name: "a kind of text that does not exist", args: []string{"guard", "--kind", "poem"}, status: 2, stderr: "--kind"},
		{name: "a text that is none", args: []string{"guard"}, stdin: "\xff\xfe\x00", status: 2, stderr: "UTF-8"},
		{name: "a text without end", args: []string{"guard"}, stdin: strings.Repeat("a", maxText+1), status: 2, stderr: "MB"},
		{name: "a package without a bot", args: []string{"package"}, status: 1, stderr: "manifest"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			status := run(t.Context(), c.args, c.environ, strings.NewReader(c.stdin), &stdout, &stderr)
			if status != c.status {
				t.Errorf("status %d, want %d: %s", status, c.status, &stderr)
			}
			if !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("want %q and %q, got\n%s\n%s", c.stdout, c.stderr, &stdout, &stderr)
			}
			if c.status == 0 && stderr.Len() > 0 {
				t.Errorf("a success has nothing to complain about: %s", &stderr)
			}
		})
	}
}

func TestThePackageIsWrittenForTheBotOfTheEnvironment(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "handrail.zip")
	var stdout, stderr bytes.Buffer
	environ := map[string]string{"BOT_ID": "11111111-2222-3333-4444-555555555555"}
	if status := run(t.Context(), []string{"package", "--output", out}, environ, strings.NewReader(""), &stdout, &stderr); status != 0 {
		t.Fatalf("status %d: %s", status, &stderr)
	}
	archive, err := zip.OpenReader(out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	if len(archive.File) != 3 || !strings.Contains(stdout.String(), out) {
		t.Errorf("want three files in %s, got %d; said %q", out, len(archive.File), &stdout)
	}
}
