// A Node.js language host for the Pulumi engine, `pulumi-language-nodejs`, for a CLI that has none of its own.
//
// The official download brings its own host and this one is not used there. A CLI built from the Go module proxy comes
// without, as the proxy does not serve the official host's module. What this host does not do, such as converting
// programs, it refuses as unimplemented.
//
// The protocol is LanguageRuntime of pulumi/language.proto: the engine starts the host with its own address as the
// argument, reads a port from the first line of standard output, and calls.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	codegen "github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// alreadyReported is the status with which the SDK's runner ends when the program's error is on the screen.
const alreadyReported = 32

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	engine string
}

func main() {
	flag.Parse()
	if err := serve(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve answers until the engine ends this process by SIGINT or SIGTERM, or is gone itself.
func serve(engine string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := rpcutil.Healthcheck(ctx, engine, 5*time.Minute, stop); err != nil {
		return err
	}
	stopping := make(chan bool)
	context.AfterFunc(ctx, func() { close(stopping) })
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stopping,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, &host{engine: engine})
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}

// Handshake accepts the engine's introduction; nothing in it is needed.
func (*host) Handshake(
	context.Context, *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// GetPluginInfo tells the version of the Pulumi module that this host was built with.
func (*host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

// GetRequiredPackages names none: the engine finds a package's plugin when the program first asks for it.
func (*host) GetRequiredPackages(
	context.Context, *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

// Run runs a program to its end; what it prints goes to the engine through this host's own output.
func (h *host) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	directory := request.Info.ProgramDirectory
	runner, err := findRunner(ctx, directory)
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	environment, err := programEnvironment(request)
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, "node", append([]string{runner}, h.runnerArguments(request)...)...)
	command.Dir, command.Env = directory, environment
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	return answer(command.Run())
}

// findRunner resolves the script that runs one program, as the program itself would import it.
func findRunner(ctx context.Context, directory string) (string, error) {
	command := exec.CommandContext(ctx, "node", "--print", "require.resolve('@pulumi/pulumi/cmd/run')")
	command.Dir = directory
	found, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s has no @pulumi/pulumi: run `pulumi install` there (%w)", directory, err)
	}
	return strings.TrimSpace(string(found)), nil
}

func (h *host) runnerArguments(request *pulumirpc.RunRequest) []string {
	arguments := []string{
		"--monitor", request.MonitorAddress,
		"--engine", h.engine,
		"--organization", request.Organization,
		"--project", request.Project,
		"--stack", request.Stack,
		"--root-directory", request.Info.RootDirectory,
		"--pwd", request.Info.ProgramDirectory,
		"--parallel", fmt.Sprint(request.Parallel),
	}
	if request.DryRun {
		arguments = append(arguments, "--dry-run")
	}
	return append(append(arguments, request.Info.EntryPoint), request.Args...)
}

func programEnvironment(request *pulumirpc.RunRequest) ([]string, error) {
	config, err := json.Marshal(request.Config)
	if err != nil {
		return nil, err
	}
	secrets, err := json.Marshal(request.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	return append(
		os.Environ(),
		"PULUMI_CONFIG="+string(config),
		"PULUMI_CONFIG_SECRET_KEYS="+string(secrets),
		"PULUMI_NODEJS_TYPESCRIPT=true",
	), nil
}

func answer(err error) (*pulumirpc.RunResponse, error) {
	var ended *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &ended) && ended.ExitCode() == alreadyReported:
		return &pulumirpc.RunResponse{Bail: true}, nil
	case errors.As(err, &ended):
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended with %v", ended)}, nil
	default:
		return nil, err
	}
}

// InstallDependencies installs what package.json names, exactly as locked where there is a lock.
func (*host) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest, server pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(server, false)
	if err != nil {
		return err
	}
	defer closer.Close()
	directory := request.Info.ProgramDirectory
	action := "ci"
	if _, err := os.Stat(filepath.Join(directory, "package-lock.json")); err != nil {
		action = "install"
	}
	command := exec.CommandContext(server.Context(), "npm", action, "--no-audit", "--no-fund")
	command.Dir, command.Stdout, command.Stderr = directory, stdout, stderr
	return command.Run()
}

// GeneratePackage writes a package's TypeScript SDK, by Pulumi's own generator.
func (*host) GeneratePackage(
	_ context.Context, request *pulumirpc.GeneratePackageRequest,
) (*pulumirpc.GeneratePackageResponse, error) {
	loader, err := schema.NewLoaderClient(request.LoaderTarget)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal([]byte(request.Schema), &spec); err != nil {
		return nil, err
	}
	bound, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GeneratePackageResponse{Diagnostics: plugin.HclDiagnosticsToRPCDiagnostics(diagnostics)}
	if diagnostics.HasErrors() {
		return response, nil
	}
	files, err := codegen.GeneratePackage(
		"pulumi-language-nodejs", bound, request.ExtraFiles, request.LocalDependencies, request.Local, loader)
	if err != nil {
		return nil, err
	}
	return response, write(request.Directory, files)
}

func write(directory string, files map[string][]byte) error {
	for name, content := range files {
		path := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Link adds generated SDKs to the dependencies in package.json.
func (*host) Link(ctx context.Context, request *pulumirpc.LinkRequest) (*pulumirpc.LinkResponse, error) {
	arguments := []string{"pkg", "set"}
	for _, linked := range request.Packages {
		content, err := os.ReadFile(filepath.Join(request.Info.ProgramDirectory, linked.Path, "package.json"))
		if err != nil {
			return nil, err
		}
		var sdk struct{ Name string }
		if err := json.Unmarshal(content, &sdk); err != nil {
			return nil, err
		}
		arguments = append(arguments, fmt.Sprintf("dependencies.%s=file:%s", sdk.Name, linked.Path))
	}
	command := exec.CommandContext(ctx, "npm", arguments...)
	command.Dir, command.Stderr = request.Info.ProgramDirectory, os.Stderr
	return &pulumirpc.LinkResponse{}, command.Run()
}
