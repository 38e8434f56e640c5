// Command handrail is the process: it reads the command line and the
// environment, wires the parts together and runs them. It holds no rule of the
// desk and speaks no protocol itself.
package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // time zones of readers, also where the machine has none

	"github.com/alecthomas/kong"
	"github.com/caarlos0/env/v11"

	"handrail/bot"
	"handrail/cards"
	"handrail/manifest"
)

// What the process tells the shell when it ends.
const (
	exitOK     = 0
	exitFailed = 1 // the command was understood and failed
	exitMisuse = 2 // the command line or the configuration cannot be used
)

// gcPercent lets the heap grow by twice what is alive before it is collected.
// What is alive is small, some 15 MB, so that Go's 100 would collect many times
// a second under load and save little. GOGC overrides it.
const gcPercent = 200

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	// The first signal asks for an orderly stop; a second one ends at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], env.ToMap(os.Environ()), os.Stdin, os.Stdout, os.Stderr))
}

// commandLine is what may be written after the program's name.
type commandLine struct {
	Serve serveCommand `cmd:"" default:"1" help:"Run the bot (what happens without a command)."`

	Migrate migrateCommand `cmd:"" help:"Bring the database to this version, and end."`
	Doctor  doctorCommand  `cmd:"" help:"Check everything that Handrail needs, and say what to do about each fault."`
	Guard   guardCommand   `cmd:"" help:"Check a text for a customer, from standard input."`
	Package packageCommand `cmd:"" help:"Write the Teams app package."`
	Cards   cardsCommand   `cmd:"" help:"Write every card with sample data, as one page and as JSON files."`
	Version versionCommand `cmd:"" help:"Tell which build this is."`
}

// process is what a command gets of the world around it.
type process struct {
	environ        map[string]string
	stdin          io.Reader
	stdout, stderr io.Writer
}

// run is the whole program, except that it neither reads the world nor exits.
// It returns the status for the shell.
func run(ctx context.Context, args []string, environ map[string]string, stdin io.Reader, stdout, stderr io.Writer) int {
	// Kong goes on after its help has been printed, so the end is noted here.
	helped := false
	parser, err := kong.New(new(commandLine),
		kong.Name("handrail"),
		kong.Description("A Teams bot that walks support tickets through seven steps. It is configured by environment variables: see the README."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { helped = true }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(&process{environ: environ, stdin: stdin, stdout: stdout, stderr: stderr}),
	)
	if err != nil {
		return report(stderr, err, exitFailed)
	}
	command, err := parser.Parse(args)
	if helped {
		return exitOK
	}
	if err != nil {
		return report(stderr, fmt.Errorf("%w (handrail --help lists the commands)", err), exitMisuse)
	}
	err = command.Run()
	if faults := (Faults)(nil); errors.As(err, &faults) || errors.Is(err, errUnusable) {
		return report(stderr, err, exitMisuse)
	}
	if errors.Is(err, errFound) {
		return exitFailed // what was found has been told
	}
	if err != nil {
		return report(stderr, err, exitFailed)
	}
	return exitOK
}

// report tells the error and returns the status.
func report(stderr io.Writer, err error, status int) int {
	_, _ = fmt.Fprintf(stderr, "handrail: %v\n", err)
	return status
}

// configure reads the configuration and builds the logger that it asks for.
func (p *process) configure() (Config, *slog.Logger, error) {
	cfg, warnings, err := LoadConfig(p.environ, os.ReadFile)
	logger := newLogger(p.stderr, cfg.Log)
	for _, warning := range warnings {
		logger.Warn("the configuration has a probable mistake", slog.String("mistake", warning))
	}
	return cfg, logger, err
}

// say writes one line to standard output.
func (p *process) say(format string, values ...any) error {
	if _, err := fmt.Fprintf(p.stdout, format+"\n", values...); err != nil {
		return fmt.Errorf("write to standard output: %w", err)
	}
	return nil
}

// newLogger writes lines for people to a terminal, and JSON elsewhere.
func newLogger(w io.Writer, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if file, ok := w.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return slog.New(slog.NewTextHandler(w, options))
		}
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// serveCommand runs the bot until it is told to stop.
type serveCommand struct{}

// Run is called by kong.
func (serveCommand) Run(ctx context.Context, p *process) error {
	cfg, logger, err := p.configure()
	if err != nil {
		return err
	}
	return serve(ctx, cfg, logger, p.stdout)
}

// migrateCommand migrates the database without running the bot.
type migrateCommand struct{}

// Run is called by kong.
func (migrateCommand) Run(ctx context.Context, p *process) error {
	cfg, logger, err := p.configure()
	if err != nil {
		return err
	}
	return migrate(ctx, cfg, logger, p.stdout)
}

// packageCommand makes the zip that an administrator uploads to Teams.
type packageCommand struct {
	Output    string `default:"handrail.zip"        help:"File to write."`
	Release   string `default:"1.0.0"               help:"Version of the package; Teams offers an update only when it grows."`
	Developer string `default:"Handrail"            help:"Publisher that Teams shows."`
	Website   string `default:"https://example.com" help:"Page about the publisher."`

	BotID   string `help:"Application id of the bot; BOT_ID where it is left out."`
	Domain  string `help:"Public host name of the bot."`
	Privacy string `help:"Page with the privacy statement; the website where it is left out."`
	Terms   string `help:"Page with the terms of use; the website where it is left out."`
}

// params gives what the package is made of, for a bot of the environment.
func (c packageCommand) params(botID string) manifest.Params {
	var personal, shared []manifest.Command
	for _, command := range bot.Commands() {
		entry := manifest.Command{Title: command.Name, Description: command.Description}
		if command.Menu == bot.Everywhere || command.Menu == bot.InPersonal {
			personal = append(personal, entry)
		}
		if command.Menu == bot.Everywhere || command.Menu == bot.InShared {
			shared = append(shared, entry)
		}
	}
	return manifest.Params{
		BotID:         cmp.Or(c.BotID, botID),
		Version:       c.Release,
		Domain:        c.Domain,
		DeveloperName: c.Developer,
		WebsiteURL:    c.Website,
		PrivacyURL:    cmp.Or(c.Privacy, c.Website),
		TermsURL:      cmp.Or(c.Terms, c.Website),
		Personal:      personal,
		Shared:        shared,
	}
}

// Run is called by kong.
func (c packageCommand) Run(p *process) error {
	var archive bytes.Buffer
	if err := manifest.Package(&archive, c.params(p.environ["BOT_ID"])); err != nil {
		return err
	}
	// The package is not secret: whoever uploads it to Teams must read it.
	if err := os.WriteFile(c.Output, archive.Bytes(), 0o644); err != nil { //nolint:gosec // see above
		return fmt.Errorf("write the app package: %w", err)
	}
	return p.say("wrote %s: upload it in the Teams admin centre", c.Output)
}

// cardsCommand writes the gallery of cards.
type cardsCommand struct {
	Dir string `arg:"" default:".cards" help:"Directory to write into."`
}

// Run is called by kong.
func (c cardsCommand) Run(p *process) error {
	if err := cards.WriteGallery(c.Dir); err != nil {
		return err
	}
	return p.say("wrote the cards into %s", c.Dir)
}

// versionCommand tells the build.
type versionCommand struct{}

// Run is called by kong.
func (versionCommand) Run(p *process) error {
	version, revision := "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = cmp.Or(info.Main.Version, version)
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				revision = setting.Value
			}
		}
	}
	return p.say("handrail %s, revision %s", version, revision)
}
