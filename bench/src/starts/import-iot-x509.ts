/** Started to import the core and the method for devices. */
import '@brs/core';
import '@brs/iot-x509';
