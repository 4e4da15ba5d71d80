"""The station class `el-camera`: its declaration (`process.yaml`), and its process model where it has one."""
